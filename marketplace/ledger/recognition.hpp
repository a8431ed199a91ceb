#pragma once

#include <cstdint>
#include <vector>

#include "core/base/clock.hpp"

namespace berth::ledger {

/// How far the hosting of an order has been recognised.
struct HostingProgress {
    Time started;
    Time through;
    std::int64_t posted_usd_micros = 0;
};

/// What is earned in [from, to), a period within one UTC month.
struct HostingPeriod {
    Time from;
    Time to;
    std::int64_t usd_micros = 0;
};

/// Price of 2,592,000 s of hosting, and the most that may be recognised in all.
struct HostingTerms {
    std::int64_t monthly_usd_micros = 0;
    std::int64_t deferred_usd_micros = 0;
};

/// Hosting in [progress.through, through), split at UTC month borders. The sum up to the end of
/// each period is floor(price × (end - started) / month), capped by what was deferred, so that
/// rounding never drifts. A period of zero is in the list. Pure.
std::vector<HostingPeriod> HostingPeriods(const HostingProgress& progress,
                                          const HostingTerms& terms, Time through);

/// floor(usd_micros × bps / 10,000). Pure.
std::int64_t ShareOf(std::int64_t usd_micros, std::int64_t bps);

}  // namespace berth::ledger
