#include "worker/provision/issue_certificate.hpp"

#include "core/base/failpoint.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {

Result<void> IssueCertificate::Route(const StepContext& context)
{
    const auto& order = context.order();
    Failpoint("worker.issue_certificate.before_route");
    const auto routed =
        needs_.edge.Route(order.hostname(), order.facts().ingress_host(), context.deadline);
    if (!routed || order.custom_hostname().empty()) return routed;
    return needs_.edge.Route(order.custom_hostname(), order.facts().ingress_host(),
                             context.deadline);
}

Result<StepOutcome> IssueCertificate::Run(const StepContext& context)
{
    const auto& order = context.order();
    if (!IsDirectlyUnder(order.hostname(), public_edge_.wildcard_zone)) {
        return Fail(ErrorCode::kInvalid, "HOSTNAME_OUTSIDE_EDGE",
                    "The edge has no certificate for " + order.hostname() + ".");
    }
    const auto intended = context.intents.Commit("issue_certificate", context.deadline);
    if (!intended) return intended.error();
    auto served = needs_.wildcard.Ensure(context.deadline);
    if (served && !order.custom_hostname().empty()) {
        served = needs_.customers.Serve(order, context.deadline);
    }
    if (!served) return served.error();
    if (const auto routed = Route(context); !routed) return routed.error();
    return StepOutcome::Done(ToFacts(*served));
}

}  // namespace berth::worker
