#include "relay-image/payment/hosting_watch.hpp"

namespace berth::relay {

HostingWatch::HostingWatch(Ask ask, const Rests& rests, Log& log)
    : ask_{std::move(ask)}, log_{log}, rounds_{[this, rests](auto&) -> Rounds::Duration {
          return Look() ? rests.answered : rests.failed;
      }}
{
}

std::optional<Time> HostingWatch::paid_through() const
{
    const std::scoped_lock lock{mutex_};
    return paid_through_;
}

bool HostingWatch::Look()
{
    const auto told = ask_();
    if (told) {
        const std::scoped_lock lock{mutex_};
        paid_through_ = *told;
    } else if (answered_) {
        log_.Warning("the marketplace does not tell until when the hosting is paid",
                     {{"reason", told.error().reason}, {"error", told.error().message}});
    }
    answered_ = told.has_value();
    return answered_;
}

}  // namespace berth::relay
