#pragma once

#include <memory>

#include "core/probe/resolver.hpp"
#include "core/rails/rippled/rippled_ledger.hpp"
#include "core/rails/xrp.hpp"
#include "relay-image/payment/hosting_watch.hpp"
#include "relay-image/payment/invoices.hpp"
#include "relay-image/payment/payment_settings.hpp"
#include "relay-image/payment/paywall.hpp"
#include "relay-image/payment/revenue_reporter.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The paywall with the verifier and the Lightning node that the settings choose, and what these
/// stand on.
class Payments {
public:
    /// `clock` and `log` outlive the result. Errors: those of MarketplaceVerifier::Make,
    /// DassieVerifier::Make and LndNode::Make; kInvalid `BAD_SECRET_KEY`.
    static Result<std::unique_ptr<Payments>> Make(const PaymentSettings& settings,
                                                  const EventStoreFactory& stores,
                                                  Paywall::IsMember is_member, const Clock& clock,
                                                  Log& log);

    Paywall& paywall() { return *paywall_; }
    /// Null where nothing is paid by Lightning.
    Invoices* invoices() { return invoices_.get(); }
    /// How those are that payments need: the verifier, and where there is one the Lightning node.
    VerifierState state() const;
    /// Until when the relay's hosting is paid for, where it has a marketplace that knows.
    std::optional<Time> hosting_paid_through() const
    {
        return hosting_ ? hosting_->paid_through() : std::nullopt;
    }
    /// While another process takes over, nothing is begun that it would not know of.
    void Pause(bool is_paused)
    {
        if (invoices_) invoices_->Pause(is_paused);
    }

private:
    explicit Payments(const PaymentSettings& settings);

    Result<void> MakeNode(const PaymentSettings& settings);
    Result<void> MakeVerifier(const PaymentSettings& settings, const Clock& clock);
    Result<void> MakeReports(const PaymentSettings& settings, const Clock& clock, Log& log);
    Result<std::unique_ptr<MarketplaceVerifier>> Marketplace(const PaymentSettings& settings,
                                                             const Clock& clock) const;

    const probe::Resolver resolver_{{}};
    const rails::XrpClaimVerifier signatures_;
    rails::rippled::RippledLedger ledger_;
    std::unique_ptr<LightningNode> node_;
    std::unique_ptr<PaymentVerifier> verifier_;
    std::unique_ptr<MarketplaceVerifier> marketplace_;  ///< That is told and asked of the relay.
    std::unique_ptr<Paywall> paywall_;
    std::unique_ptr<Invoices> invoices_;
    std::unique_ptr<HostingWatch> hosting_;
    std::unique_ptr<RevenueReporter> reporter_;  ///< Last: it reads the paywall.
};

}  // namespace berth::relay
