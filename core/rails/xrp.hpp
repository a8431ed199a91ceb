#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/rails/claim.hpp"

namespace berth::rails {

/// XRP Ledger payment channels: `CLM\0` ‖ channel ‖ drops, signed by
/// secp256k1 (fully canonical DER over SHA-512Half) or ed25519 (raw message).
class XrpClaimVerifier final : public ClaimVerifier {
public:
    std::string_view rail() const override { return "xrp"; }
    Result<void> Verify(const Claim& claim, std::string_view public_key_hex) const override;
};

/// The 44 bytes that a claim signs. Errors: kInvalid `BAD_CHANNEL_ID`, `BAD_AMOUNT`.
Result<std::string> XrpClaimMessage(std::string_view channel_id_hex, money::Amount drops);

/// Checks any signature of an XRPL key (33 bytes: 02/03 secp256k1, ED ed25519) over `message`.
/// Errors as ClaimVerifier::Verify. Channel-key proofs use it too.
Result<void> VerifyXrpSignature(std::string_view message, std::string_view signature_hex,
                                std::string_view public_key_hex);

/// Base58 with checksum of a 20-byte account id, `r...`.
std::string ToXrpAddress(std::string_view account_id);
/// The 20 bytes of a classic address; nothing unless its checksum is good.
std::optional<std::string> FromXrpAddress(std::string_view address);
/// The account id of a 33-byte public key: RIPEMD-160 of its SHA-256.
std::string XrpAccountId(std::string_view public_key);
/// The id, in upper-case hex, of the channel that transaction `sequence` of `source` makes.
/// Both account ids have 20 bytes.
std::string XrpChannelId(std::string_view source, std::string_view destination,
                         std::uint32_t sequence);
/// True for a classic address with a good checksum.
bool IsXrpAddress(std::string_view text);

}  // namespace berth::rails
