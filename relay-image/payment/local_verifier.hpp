#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/rails/channel_ledger.hpp"
#include "core/rails/claim.hpp"
#include "relay-image/payment/payment_verifier.hpp"

namespace berth::relay {

/// Verifies claims of the xrp rail by the signature that the ledger redeems and by the channel as
/// a node of the ledger shows it. Readings are at most a minute old.
class LocalVerifier final : public PaymentVerifier {
public:
    struct Options {
        std::string payee;                               ///< The owner's classic address.
        std::optional<std::uint32_t> destination_tag{};  ///< Of channels to this relay.
        std::string network = "xrpl:0";
        rails::ClaimPolicy policy{};
        std::chrono::milliseconds reading_age_max{60'000};
    };

    /// Both outlive the verifier.
    LocalVerifier(rails::ChannelLedger& ledger, const rails::ClaimVerifier& signatures,
                  Options options)
        : ledger_{ledger}, signatures_{signatures}, options_{std::move(options)}
    {
    }

    /// Errors also: those of ClaimVerifier, ChannelLedger and rails::CreditOf; kNotFound
    /// `UNKNOWN_CHANNEL`; kPrecondition `WRONG_PAYEE`, `WRONG_DESTINATION_TAG`, `WRONG_NETWORK`;
    /// kInvalid `UNKNOWN_CURRENCY`.
    Result<money::Amount> Verify(const ClaimToVerify& claim, Deadline deadline) override;
    Result<PaymentTerms> Check(Deadline deadline) override;

private:
    using Steady = Deadline::Steady;
    struct Reading {
        rails::ChannelOnChain channel;
        Steady::time_point at;
    };

    Result<void> CheckNetwork(Deadline deadline);
    std::optional<rails::ChannelOnChain> Remembered(const std::string& channel_id);
    Result<money::Amount> Judge(const ClaimToVerify& claim,
                                const rails::ChannelOnChain& channel) const;
    Result<rails::ChannelOnChain> Read(const std::string& channel_id, Deadline deadline);
    Result<void> CheckChannel(const rails::ChannelOnChain& channel) const;

    rails::ChannelLedger& ledger_;
    const rails::ClaimVerifier& signatures_;
    const Options options_;
    std::mutex mutex_;  ///< Guards readings_.
    std::map<std::string, Reading> readings_;
};

}  // namespace berth::relay
