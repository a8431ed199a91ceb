#include "marketplace/orders/steps.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace berth::orders {
namespace {

constexpr std::string_view kClosing = "close";

}  // namespace

const StepRow& FirstStep(std::string_view kind)
{
    const auto found =
        std::ranges::find_if(kSteps, [&](const StepRow& row) { return row.kind == kind; });
    BERTH_ASSERT(found != kSteps.end());
    return *found;
}

const StepRow* FindStep(std::string_view kind, std::string_view step, StepExecutor executor)
{
    const auto found = std::ranges::find_if(kSteps, [&](const StepRow& row) {
        return row.kind == kind && row.step == step && row.executor == executor;
    });
    return found == kSteps.end() ? nullptr : &*found;
}

const StepRow* StepAfter(const StepRow& step)
{
    const auto* next = &step + 1;
    return next != kSteps.data() + kSteps.size() && next->kind == step.kind ? next : nullptr;
}

const StepRow& NextOfClosing(const std::set<std::string>& done)
{
    const auto next = std::ranges::find_if(kSteps, [&](const StepRow& row) {
        return row.kind == kClosing && (row.executor == StepExecutor::kMarketplace ||
                                        !done.contains(std::string{row.step}));
    });
    BERTH_ASSERT(next != kSteps.end());
    return *next;
}

}  // namespace berth::orders
