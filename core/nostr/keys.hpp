#pragma once

#include <string>
#include <string_view>

#include "core/base/digest.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::nostr {

/// A secp256k1 secret key with its x-only public key.
class SecretKey {
public:
    static SecretKey Generate();
    /// 64 hex digits or `nsec1...` (NIP-19). Errors: kInvalid `BAD_SECRET_KEY`.
    static Result<SecretKey> Parse(std::string_view text);

    const std::string& pubkey() const { return pubkey_; }  ///< Lower-case hex, x-only.
    const Secret& bytes() const { return bytes_; }         ///< 32 bytes.

    /// BIP-340 signature over a 32-byte message; 64 bytes. Fresh auxiliary randomness each time.
    std::string Sign(const Bytes32& message) const;

private:
    SecretKey(Secret bytes, std::string pubkey);

    Secret bytes_;
    std::string pubkey_;
};

/// BIP-340 verification; `pubkey_hex` x-only, `signature` 64 bytes. Thread-safe.
bool VerifySchnorr(std::string_view pubkey_hex, const Bytes32& message, std::string_view signature);
/// The same for a message of any length, as BIP-340 defines it and its vectors use it.
bool VerifySchnorr(std::string_view pubkey_hex, std::string_view message,
                   std::string_view signature);

/// NIP-19: `npub`, `nsec`, `note` with 32 bytes.
std::string ToBech32(std::string_view prefix, const Bytes32& bytes);
/// 64 lower-case hex digits of a public key given as hex or `npub1...`. Errors: kInvalid
/// `BAD_PUBLIC_KEY`.
Result<std::string> ParsePubkey(std::string_view text);

}  // namespace berth::nostr
