#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/digest.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::sandbox {

/// A secp256k1 account key as the chain uses it.
struct AccountKey {
    Secret secret;        ///< 32 bytes.
    std::string pubkey;   ///< 33 bytes, compressed.
    std::string address;  ///< `akash1...`
};

/// A fresh BIP-39 mnemonic of 24 words.
Secret NewMnemonic();
/// The key at m/44'/118'/0'/0/`index`. Errors: kInvalid `BAD_MNEMONIC`, in the real program's
/// words.
Result<AccountKey> DeriveKey(const Secret& mnemonic, std::uint32_t index);
AccountKey KeyFromSecret(const Secret& secret);

/// `akash1...` of a compressed public key.
std::string AddressOf(std::string_view pubkey);
/// Empty for a good address, else what the real program says about it.
std::string AddressFault(std::string_view address);

/// ECDSA over SHA-256 of `message`: 64 bytes, low s.
std::string SignMessage(const AccountKey& key, std::string_view message);
bool VerifyMessage(std::string_view pubkey, std::string_view message, std::string_view signature);

}  // namespace berth::sandbox
