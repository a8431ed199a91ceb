#include "relay-image/storage/event_store.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

void SortWithoutRepeats(std::vector<StoredEvent>& events)
{
    std::ranges::sort(events, [](const auto& a, const auto& b) {
        return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
    });
    const auto repeats = std::ranges::unique(events, {}, &StoredEvent::id);
    events.erase(repeats.begin(), repeats.end());
}

}  // namespace

Result<std::vector<StoredEvent>> FindAll(EventStore& store, const std::vector<Filter>& filters,
                                         std::int64_t max_limit, std::int64_t now)
{
    std::vector<StoredEvent> all;
    for (const auto& filter : filters) {
        const auto limit = std::min(filter.limit.value_or(max_limit), max_limit);
        if (limit == 0 || filter.MatchesNothing()) continue;
        auto found = store.Find(filter, limit, now);
        if (!found) return found.error();
        std::ranges::move(*found, std::back_inserter(all));
    }
    if (filters.size() > 1) SortWithoutRepeats(all);
    return all;
}

}  // namespace berth::relay
