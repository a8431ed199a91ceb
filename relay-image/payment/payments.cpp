#include "relay-image/payment/payments.hpp"

#include "core/base/encoding.hpp"
#include "core/nostr/keys.hpp"
#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kReportTime = 10s;

/// Stands where nothing is asked for: the paywall has no desk that would ask it.
class NoVerifier final : public PaymentVerifier {
public:
    Result<money::Amount> Verify(const ClaimToVerify&, Deadline) override { return None(); }
    Result<PaymentTerms> Check(Deadline) override { return None(); }

private:
    static Error None()
    {
        return Fail(ErrorCode::kUnimplemented, "NO_VERIFIER", "no payment verifier is configured");
    }
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

Result<void> Payments::MakeVerifier(const PaymentSettings& settings, const Clock& clock)
{
    switch (settings.verifier) {
        case VerifierKind::kNone: verifier_ = std::make_unique<NoVerifier>(); break;
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
    if (const auto made = payments->MakeVerifier(settings, clock); !made) return made.error();
    payments->paywall_ = std::make_unique<Paywall>(
        settings.paywall, *payments->verifier_,
        [&stores] { return std::make_unique<StoreJournal>(stores()); }, std::move(is_member), clock,
        log);
    const bool reports = payments->paywall_->enabled() && !settings.marketplace.address.empty() &&
                         settings.verifier != VerifierKind::kMarketplace;
    if (!reports) return payments;
    auto marketplace = payments->Marketplace(settings, clock);
    if (!marketplace) return marketplace.error();
    payments->reports_to_ = std::move(*marketplace);
    payments->reporter_ = std::make_unique<RevenueReporter>(
        [paywall = payments->paywall_.get()] { return paywall->figures().received; },
        [to = payments->reports_to_.get(), asset = settings.paywall.fees.asset](auto received) {
            return to->Report(asset, received, Deadline::After(kReportTime));
        },
        settings.report_interval, log);
    return payments;
}

}  // namespace berth::relay
