#include "relay-image/payment/revenue_reporter.hpp"

namespace berth::relay {

RevenueReporter::RevenueReporter(Received received, Report report,
                                 std::chrono::milliseconds interval, Log& log)
    : received_{std::move(received)},
      report_{std::move(report)},
      interval_{interval},
      log_{log},
      thread_{[this] { Work(); }}
{
}

RevenueReporter::~RevenueReporter()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void RevenueReporter::Work()
{
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, interval_, [this] { return stopping_; })) {
        lock.unlock();
        const auto received = received_();
        if (received > reported_) {
            const auto told = report_(received);
            if (told) reported_ = received;
            if (!told) {
                log_.Warning("revenue not reported",
                             {{"reason", told.error().reason}, {"error", told.error().message}});
            }
        }
        lock.lock();
    }
}

}  // namespace berth::relay
