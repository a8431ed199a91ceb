#pragma once

#include <functional>

#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "core/base/rounds.hpp"
#include "core/money/amount.hpp"

namespace berth::relay {

/// Tells the marketplace, from a thread of its own, what the relay has received in all whenever
/// that has grown. A report that fails is made again after the next interval.
class RevenueReporter {
public:
    using Received = std::function<money::Amount()>;
    using Report = std::function<Result<void>(money::Amount received)>;

    /// `log` outlives the reporter.
    RevenueReporter(Received received, Report report, std::chrono::milliseconds interval, Log& log);

private:
    void ReportNews();

    const Received received_;
    const Report report_;
    Log& log_;
    money::Amount reported_{};
    Rounds rounds_;
};

}  // namespace berth::relay
