#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::cli {

/// A key of the XRP Ledger from its family seed (xrpl.org, "Cryptographic Keys"): `s...` for
/// secp256k1, `sEd...` for ed25519. Signs channel proofs and payment-channel claims.
class XrplKey {
public:
    /// Errors: kInvalid `BAD_SEED`.
    static Result<XrplKey> FromSeed(std::string_view seed);
    /// A fresh ed25519 seed.
    static Secret GenerateSeed();

    const std::string& public_key() const { return public_key_; }  ///< 66 upper-case hex digits.
    std::string Address() const;                                   ///< Classic address, `r...`.
    /// Signature of `message` as the ledger checks it, upper-case hex.
    std::string Sign(std::string_view message) const;

private:
    XrplKey(bool ed25519, Secret secret, std::string public_key);

    bool ed25519_;
    Secret secret_;
    std::string public_key_;
};

}  // namespace berth::cli
