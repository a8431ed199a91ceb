#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::rails {

/// A secp256k1 key of the XRP Ledger that signs payment-channel claims.
class XrpKey {
public:
    static XrpKey Generate();
    /// 64 hex digits. Errors: kInvalid `BAD_SECRET_KEY`.
    static Result<XrpKey> Parse(std::string_view hex);

    const Secret& bytes() const { return bytes_; }  ///< 32 bytes.
    const std::string& public_key_hex() const
    {
        return public_key_hex_;
    }                                                        ///< 33 bytes, upper case.
    const std::string& address() const { return address_; }  ///< Classic, `r...`.

    /// Hex of a fully canonical DER signature over SHA-512Half of `message`.
    std::string Sign(std::string_view message) const;
    /// Signature of the claim of `drops` on a channel. Errors: those of XrpClaimMessage.
    Result<std::string> SignClaim(std::string_view channel_id_hex, money::Amount drops) const;

private:
    XrpKey(Secret bytes, std::string_view public_key);

    Secret bytes_;
    std::string public_key_hex_;
    std::string address_;
};

}  // namespace berth::rails
