#include "marketplace/ledger/recognition.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/money/amount.hpp"
#include "marketplace/ledger/calendar.hpp"

namespace berth::ledger {
namespace {

std::int64_t FloorOf(std::int64_t value, std::int64_t numerator, std::int64_t denominator)
{
    const auto result =
        money::MulDiv(value, numerator, denominator, money::Rounding::kFloor).ToInt64();
    BERTH_ASSERT(result);
    return *result;
}

std::int64_t EarnedUntil(Time end, Time started, const HostingTerms& terms)
{
    const auto earned = FloorOf(terms.monthly_usd_micros, (end - started).count(),
                                Time::duration{kServiceMonth}.count());
    return std::min(earned, terms.deferred_usd_micros);
}

}  // namespace

std::vector<HostingPeriod> HostingPeriods(const HostingProgress& progress,
                                          const HostingTerms& terms, Time through)
{
    std::vector<HostingPeriod> periods;
    auto posted = progress.posted_usd_micros;
    for (auto from = progress.through; from < through;) {
        const auto to = std::min(through, NextMonth(from));
        const auto earned = std::max(posted, EarnedUntil(to, progress.started, terms));
        periods.push_back({.from = from, .to = to, .usd_micros = earned - posted});
        posted = earned;
        from = to;
    }
    return periods;
}

std::int64_t ShareOf(std::int64_t usd_micros, std::int64_t bps)
{
    return FloorOf(usd_micros, bps, 10'000);
}

}  // namespace berth::ledger
