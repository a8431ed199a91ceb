#include "relay-image/session/figures.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kWindow = 10;

std::int64_t SecondOf(Figures::Steady::time_point time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

void Figures::CountEvent(Steady::time_point now)
{
    const auto at = SecondOf(now);
    auto& second = seconds_[static_cast<std::size_t>(at) % seconds_.size()];
    if (second.at != at) second = {at, 0};
    ++second.events;
    ++accepted_;
}

double Figures::EventsPerSecond(Steady::time_point now) const
{
    const auto at = SecondOf(now);
    std::uint64_t events = 0;
    for (const auto& second : seconds_) {
        if (second.at >= at - kWindow && second.at < at) events += second.events;
    }
    return static_cast<double>(events) / static_cast<double>(kWindow);
}

}  // namespace berth::relay
