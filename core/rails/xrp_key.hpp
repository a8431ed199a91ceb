#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::rails {

/// A key of the XRP Ledger, of either of its curves, that signs channel proofs and payment-channel
/// claims.
class XrpKey {
public:
    /// A fresh secp256k1 key.
    static XrpKey Generate();
    /// The key of a family seed (xrpl.org, "Cryptographic Keys"): `s...` for secp256k1, `sEd...`
    /// for ed25519. Errors: kInvalid `BAD_SEED`.
    static Result<XrpKey> FromSeed(std::string_view seed);
    /// A fresh ed25519 seed.
    static Secret GenerateSeed();

    /// 66 upper-case hex digits.
    const std::string& public_key_hex() const { return public_key_hex_; }
    const std::string& address() const { return address_; }  ///< Classic, `r...`.

    /// Signature of `message` as the ledger checks it, upper-case hex: of secp256k1 fully canonical
    /// DER over SHA-512Half.
    std::string Sign(std::string_view message) const;
    /// Signature of the claim of `drops` on a channel. Errors: those of XrpClaimMessage.
    Result<std::string> SignClaim(std::string_view channel_id_hex, money::Amount drops) const;

private:
    enum class Curve { kSecp256k1, kEd25519 };

    XrpKey(Curve curve, std::string secret);

    Curve curve_;
    Secret secret_;  ///< 32 bytes.
    std::string public_key_hex_;
    std::string address_;
};

}  // namespace berth::rails
