#include "relay-image/payment/revenue_reporter.hpp"

namespace berth::relay {

RevenueReporter::RevenueReporter(Received received, Report report,
                                 std::chrono::milliseconds interval, Log& log)
    : received_{std::move(received)},
      report_{std::move(report)},
      log_{log},
      rounds_{[this, interval](auto&) {
                  ReportNews();
                  return interval;
              },
              interval}
{
}

void RevenueReporter::ReportNews()
{
    const auto received = received_();
    if (received <= reported_) return;
    const auto told = report_(received);
    if (told) {
        reported_ = received;
    } else {
        log_.Warning("revenue not reported",
                     {{"reason", told.error().reason}, {"error", told.error().message}});
    }
}

}  // namespace berth::relay
