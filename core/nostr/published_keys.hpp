#pragma once

#include <string_view>

#include "core/nostr/keys.hpp"

namespace berth::nostr {

/// True for a secret key that stands in public test vectors, so that a program can refuse to start
/// with it. `text` is 64 hex digits of either case with or without `0x`, or an XRP Ledger seed, or
/// the 33-byte public key (hex) of such a seed.
bool IsPublishedTestKey(std::string_view text);
bool IsPublishedTestKey(const SecretKey& key);

}  // namespace berth::nostr
