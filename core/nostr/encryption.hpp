#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/nostr/keys.hpp"

namespace berth::nostr {

/// The 32 bytes that both sides of a NIP-44 conversation derive from their keys.
/// Errors: kInvalid `BAD_PUBLIC_KEY`.
Result<Secret> ConversationKey44(const SecretKey& mine, std::string_view other_pubkey);

/// NIP-44 version 2: encrypts `plaintext` (1..65535 bytes) from `from` to `to_pubkey` as base64.
Result<std::string> Encrypt44(const Secret& plaintext, const SecretKey& from,
                              std::string_view to_pubkey);
/// The same with a nonce of the caller's, of 32 bytes, never used before with these keys.
Result<std::string> Encrypt44(const Secret& plaintext, const Secret& conversation_key,
                              std::string_view nonce);
/// Opens a NIP-44 payload of the other side. Errors: kInvalid `BAD_PAYLOAD`; kUnauthenticated
/// `BAD_MAC`.
Result<Secret> Decrypt44(std::string_view payload, const SecretKey& mine,
                         std::string_view other_pubkey);

}  // namespace berth::nostr
