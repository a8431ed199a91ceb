#include "worker/upkeep/renew_certificate.hpp"

#include <algorithm>

#include "worker/provision/publish_dns.hpp"

namespace berth::worker {
namespace {

constexpr std::chrono::hours kLeastWait{1};  // Whatever the CA and our clock make of a lifetime.

}  // namespace

Result<CertificateFacts> RenewCertificate::Renew(const StepContext& context)
{
    const auto& order = context.order();
    const auto leads = needs_.names.Check(ChallengeRecord(order, zone_), context.deadline);
    if (!leads) return leads.error();
    const auto intended =
        context.intents.Commit("renew_certificate " + order.custom_hostname(), context.deadline);
    if (!intended) return intended.error();
    return needs_.customers.Serve(order, context.deadline);
}

Result<StepOutcome> RenewCertificate::Run(const StepContext& context)
{
    if (context.order().custom_hostname().empty()) {
        return Fail(ErrorCode::kInvalid, "NO_OWN_NAME", "The order has no name of its own.");
    }
    auto served = needs_.customers.Served(context.order());
    if (!served) return served.error();
    if (!*served) {
        auto renewed = Renew(context);
        if (!renewed) return renewed.error();
        *served = std::move(*renewed);
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>((*served)->RenewalAt() - needs_.clock.Now());
    return StepOutcome::NotYet(std::max<std::chrono::milliseconds>(left, kLeastWait),
                               "the certificate to be due", ToFacts(**served));
}

}  // namespace berth::worker
