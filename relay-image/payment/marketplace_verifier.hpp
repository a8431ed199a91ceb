#pragma once

#include <memory>
#include <string>

#include "core/nostr/keys.hpp"
#include "relay-image/payment/payment_verifier.hpp"

namespace berth::relay {

/// Verifies claims by a marketplace (`berth.v1.RelayService`), which books them for the owner.
/// Calls are signed (NIP-98) by the relay's own key.
class MarketplaceVerifier final : public PaymentVerifier {
public:
    struct Options {
        std::string address;     ///< `host:port`.
        std::string ca_file{};   ///< Trust anchors; empty for the system's.
        bool plaintext = false;  ///< Only for loopback.
    };

    /// Connects at the first call. Errors: kNotFound or kInvalid for an unreadable CA file.
    static Result<std::unique_ptr<MarketplaceVerifier>> Make(Options options, nostr::SecretKey key,
                                                             const Clock& clock);
    ~MarketplaceVerifier() override;

    /// Errors: those of RelayService/VerifyPayment; an order that has ended or a key that is not
    /// bound is an outage of ours, not the claim's fault.
    Result<money::Amount> Verify(const ClaimToVerify& claim, Deadline deadline) override;
    Result<PaymentTerms> Check(Deadline deadline) override;
    /// Until when this relay's hosting is paid for; nothing before its order is active.
    Result<std::optional<Time>> PaidThrough(Deadline deadline);
    /// Tells the marketplace what was received in all by another verifier; idempotent.
    Result<void> Report(const std::string& asset, money::Amount received, Deadline deadline);

private:
    struct State;
    explicit MarketplaceVerifier(std::unique_ptr<State> state);

    const std::unique_ptr<State> state_;
};

}  // namespace berth::relay
