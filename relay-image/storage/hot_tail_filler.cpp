#include "relay-image/storage/hot_tail_filler.hpp"

#include <limits>

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kPage = 1000;
constexpr std::int64_t kMaxPage = 64000;  ///< A second with more events than this ends the filling.
constexpr auto kPause = 1000ms;           ///< Between looks for room.

}  // namespace

bool FillPage(EventSource& store, HotTail& tail, std::int64_t now)
{
    const auto until = tail.BeginPage();
    if (!until) return false;
    Filter filter;
    filter.until = *until;
    for (auto limit = kPage; limit <= kMaxPage; limit *= 4) {
        auto page =
            store.Find(filter, {limit, kPageBytes * static_cast<std::size_t>(limit / kPage)}, now);
        if (!page) break;
        const auto found = std::ssize(*page);
        EndAtLeftOut(*page);
        const bool whole = std::ssize(*page) == found && found < limit;
        // The last second may go on beyond the page.
        const auto from =
            whole ? std::numeric_limits<std::int64_t>::min() : page->back().created_at + 1;
        if (from > *until) continue;
        tail.AddPage(*page, from);
        return true;
    }
    tail.AddPage(std::nullopt, 0);
    return false;
}

HotTailFiller::HotTailFiller(const EventStoreFactory& factory, HotTail& tail, const Clock& clock)
    : store_{factory()}, tail_{tail}, clock_{clock}, rounds_{[this](auto&) -> Rounds::Duration {
          return FillPage(*store_, tail_, ToUnixSeconds(clock_.Now())) ? 0ms : kPause;
      }}
{
}

}  // namespace berth::relay
