#include "relay-image/payment/payments.hpp"

#include "core/base/encoding.hpp"
#include "core/nostr/keys.hpp"
#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kReportTime = 10s;
constexpr auto kAskTime = 3s;
constexpr HostingWatch::Rests kHostingRests{.answered = 10min, .failed = 1min};

/// Stands where no claims are taken: whether payment works is then whether the Lightning node does,
/// and without that the paywall has no desk that would ask.
class NoClaims final : public PaymentVerifier {
public:
    explicit NoClaims(LightningNode* node) : node_{node} {}

    Result<money::Amount> Verify(const ClaimToVerify&, Deadline) override
    {
        return Fail(ErrorCode::kForbidden, "CLAIMS_NOT_TAKEN",
                    "this relay is paid by Lightning invoice");
    }
    Result<PaymentTerms> Check(Deadline deadline) override
    {
        if (!node_) {
            return Fail(ErrorCode::kUnimplemented, "NO_VERIFIER",
                        "no payment verifier is configured");
        }
        const auto node = node_->Check(deadline);
        if (!node) return node.error();
        return PaymentTerms{.rail = "lightning", .network = node->network, .payee = node->pubkey};
    }

private:
    LightningNode* const node_;
};

/// A host that is an address needs no resolver, and the resolver takes none.
bool IsAddress(const std::string& host)
{
    return host.find_first_not_of("0123456789.") == std::string::npos ||
           host.find(':') != std::string::npos;
}

probe::HttpRoute RouteTo(const std::string& url, const probe::Resolver& resolver)
{
    const auto parsed = probe::ParseUrl(url);
    if (!parsed || IsAddress(parsed->host)) return {};
    return {.resolver = &resolver};
}

}  // namespace

Payments::Payments(const PaymentSettings& settings)
    : ledger_{{.url = settings.ledger_url, .route = RouteTo(settings.ledger_url, resolver_)}}
{
}

Result<std::unique_ptr<MarketplaceVerifier>> Payments::Marketplace(const PaymentSettings& settings,
                                                                   const Clock& clock) const
{
    auto key = nostr::SecretKey::Parse(settings.relay_key.Expose());
    if (!key) return key.error();
    return MarketplaceVerifier::Make(settings.marketplace, std::move(*key), clock);
}

Result<void> Payments::MakeNode(const PaymentSettings& settings)
{
    if (!settings.lightning.is_on()) return {};
    auto options = settings.lightning.lnd;
    options.route = RouteTo(options.url, resolver_);
    auto made = LndNode::Make(std::move(options));
    if (!made) return made.error();
    node_ = std::move(*made);
    return {};
}

Result<void> Payments::MakeVerifier(const PaymentSettings& settings, const Clock& clock)
{
    switch (settings.verifier) {
        case VerifierKind::kNone: verifier_ = std::make_unique<NoClaims>(node_.get()); break;
        case VerifierKind::kLocal:
            verifier_ = std::make_unique<LocalVerifier>(ledger_, signatures_, settings.local);
            break;
        case VerifierKind::kMarketplace: {
            auto made = Marketplace(settings, clock);
            if (!made) return made.error();
            verifier_ = std::move(*made);
            break;
        }
        case VerifierKind::kDassie: {
            auto made = DassieVerifier::Make({.url = settings.dassie_url,
                                              .token = settings.dassie_token,
                                              .route = RouteTo(settings.dassie_url, resolver_)});
            if (!made) return made.error();
            verifier_ = std::move(*made);
            break;
        }
    }
    return {};
}

Result<std::unique_ptr<Payments>> Payments::Make(const PaymentSettings& settings,
                                                 const EventStoreFactory& stores,
                                                 Paywall::IsMember is_member, const Clock& clock,
                                                 Log& log)
{
    std::unique_ptr<Payments> payments{new Payments{settings}};
    if (const auto made = payments->MakeNode(settings); !made) return made.error();
    if (const auto made = payments->MakeVerifier(settings, clock); !made) return made.error();
    payments->paywall_ = std::make_unique<Paywall>(
        settings.paywall, *payments->verifier_,
        [&stores] { return std::make_unique<StoreJournal>(stores()); }, std::move(is_member), clock,
        log);
    if (payments->node_ && payments->paywall_->enabled()) {
        payments->invoices_ = std::make_unique<Invoices>(
            settings.lightning.invoices, *payments->node_, *payments->paywall_, clock, log);
    }
    const auto made = payments->MakeReports(settings, clock, log);
    if (!made) return made.error();
    return payments;
}

/// What the relay and its marketplace tell each other beside the verifying of claims.
Result<void> Payments::MakeReports(const PaymentSettings& settings, const Clock& clock, Log& log)
{
    if (settings.marketplace.address.empty()) return {};
    auto made = Marketplace(settings, clock);
    if (!made) return made.error();
    marketplace_ = std::move(*made);
    hosting_ = std::make_unique<HostingWatch>(
        [this] { return marketplace_->PaidThrough(Deadline::After(kAskTime)); }, kHostingRests,
        log);
    // The marketplace knows what it verified itself; of invoices only the relay does.
    const bool is_news = settings.verifier != VerifierKind::kMarketplace || invoices_;
    if (!is_news || !paywall_->enabled()) return {};
    reporter_ = std::make_unique<RevenueReporter>(
        [this] { return paywall_->figures().received; },
        [this, asset = settings.paywall.fees.asset](auto received) {
            return marketplace_->Report(asset, received, Deadline::After(kReportTime));
        },
        settings.report_interval, log);
    return {};
}

VerifierState Payments::state() const
{
    const auto verifier = paywall_->figures().verifier;
    return invoices_ && verifier == VerifierState::kUp ? invoices_->state() : verifier;
}

}  // namespace berth::relay
