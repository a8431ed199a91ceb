#include "relay-image/storage/housekeeper.hpp"

#include <chrono>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr Steady::duration kBetween = 1s;  ///< Looks whether there is something to do.
constexpr int kRest = 4;                   ///< Times as long as the piece before it.

}  // namespace

Housekeeper::Housekeeper(const EventStoreFactory& factory, const Clock& clock, Log& log, Work work)
    : store_{factory()},
      clock_{clock},
      log_{log},
      work_{std::move(work)},
      rounds_{[this](auto&) { return DoRound(); }, kBetween}
{
}

Rounds::Duration Housekeeper::DoRound()
{
    const auto start = Steady::now();
    const bool more = DoPiece();
    return more ? kRest * (Steady::now() - start) : kBetween;
}

bool Housekeeper::DoPiece()
{
    if (!store_->Check()) return false;  // The writers tell of it.
    const auto now = ToUnixSeconds(clock_.Now());
    const bool more_expired = RemoveExpired(now);
    const bool more_work = work_(*store_, now);
    return more_expired || more_work;
}

bool Housekeeper::RemoveExpired(std::int64_t now)
{
    const auto removed = store_->RemoveExpired(now);
    if (!removed) log_.Warning("expired events stay", {{"error", removed.error().message}});
    return removed && *removed > 0;
}

}  // namespace berth::relay
