#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// AES-256-GCM under a 32-byte key: nonce (12 bytes, random), ciphertext, tag (16 bytes). `context`
/// is authenticated with it and has to be the same when it is opened.
std::string SealBytes(const Secret& key, const Secret& plaintext, std::string_view context);
/// Errors: kUnauthenticated `SEAL_BROKEN`: another key or context, or changed bytes.
Result<Secret> OpenBytes(const Secret& key, std::string_view sealed, std::string_view context);

}  // namespace berth::worker
