#include "worker/upkeep/remove_edge.hpp"

#include "core/base/failpoint.hpp"

namespace berth::worker {

Result<StepOutcome> RemoveEdge::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto intended =
        context.intents.Commit("remove_edge " + order.hostname(), context.deadline);
    if (!intended) return intended.error();
    Failpoint("worker.remove_edge.before_unroute");
    auto removed = edge_.Unroute(order.hostname(), context.deadline);
    if (removed && !order.custom_hostname().empty()) {
        removed = edge_.Unroute(order.custom_hostname(), context.deadline);
        if (removed) removed = edge_.RemoveCertificate(order.custom_hostname(), context.deadline);
    }
    if (!removed) return removed.error();
    const auto unpublished = dns_.Remove(order.hostname(), context.deadline);
    Failpoint("worker.remove_edge.after_remove");
    if (!unpublished) return unpublished.error();
    return StepOutcome::Done();
}

}  // namespace berth::worker
