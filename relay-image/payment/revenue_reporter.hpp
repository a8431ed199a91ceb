#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/error.hpp"
#include "core/base/log.hpp"
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
    ~RevenueReporter();
    RevenueReporter(const RevenueReporter&) = delete;
    RevenueReporter& operator=(const RevenueReporter&) = delete;

private:
    void Work();

    const Received received_;
    const Report report_;
    const std::chrono::milliseconds interval_;
    Log& log_;
    money::Amount reported_{};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
