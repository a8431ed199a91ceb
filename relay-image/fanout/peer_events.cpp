#include "relay-image/fanout/peer_events.hpp"

#include <algorithm>

#include "relay-image/fanout/fanout_message.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenWarnings = 1min;
constexpr std::size_t kRemembered = 16384;  ///< Ids; what two ways tell comes within seconds.

}  // namespace

bool OncePerMinute::Passes(Steady::time_point now)
{
    auto next = next_.load();
    const auto reached = now.time_since_epoch().count();
    const auto after = (now + kBetweenWarnings).time_since_epoch().count();
    return reached >= next && next_.compare_exchange_strong(next, after);
}

PeerEvents::PeerEvents(Ports ports) : ports_{std::move(ports)}, delivered_{kRemembered} {}

void PeerEvents::TakeStored(std::vector<std::string> ids)
{
    std::erase_if(ids, [this](const auto& id) { return delivered_.Holds(id); });
    if (ids.empty()) return;
    std::ranges::sort(ids);
    Filter filter;
    filter.ids = std::move(ids);
    ports_.read([this, filter = std::move(filter)](EventStore& store) {
        const auto most = static_cast<std::int64_t>(filter.ids->size());
        const auto found = store.Find(filter, most, ToUnixSeconds(ports_.clock.Now()));
        if (!found) return;
        for (const auto& stored : *found) {
            auto event = ReadStored(stored);
            if (event && delivered_.Take(event->event.id)) ports_.deliver(event);
        }
    });
}

bool PeerEvents::TakeWhole(std::string_view json)
{
    auto event = ReadForeign(json, ToUnixSeconds(ports_.clock.Now()));
    if (!event) {
        Suspect(event.error().reason);
        return false;
    }
    if (!ports_.why_not((*event)->event).empty()) return false;
    if (delivered_.Take((*event)->event.id)) ports_.deliver(*event);
    return true;
}

void PeerEvents::Suspect(std::string_view reason)
{
    if (!warnings_.Passes(OncePerMinute::Steady::now())) return;
    ports_.log.Warning("what another relay seems to have sent is not delivered",
                       {{"reason", reason}});
}

}  // namespace berth::relay
