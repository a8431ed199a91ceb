#include "relay-image/storage/event_store.hpp"

#include <algorithm>
#include <cmath>

#include "relay-image/protocol/event_json.hpp"

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

std::size_t BytesOf(const std::vector<StoredEvent>& events)
{
    std::size_t bytes = 0;
    for (const auto& event : events) bytes += event.json.size();
    return bytes;
}

/// What the events that were found and left out say about the answer.
Completeness Judge(const std::vector<StoredEvent>& events, const std::vector<StoredEvent>& left_out,
                   bool unasked)
{
    const auto is_sent = [&](const StoredEvent& event) {
        return std::ranges::find(events, event.id, &StoredEvent::id) != events.end();
    };
    if (!std::ranges::all_of(left_out, is_sent)) return Completeness::kMore;
    return unasked || !left_out.empty() ? Completeness::kUnknown : Completeness::kFinished;
}

}  // namespace

KindCensus Extrapolated(KindCensus sample, double share)
{
    for (auto& kind : sample.kinds) {
        kind.events = std::llround(static_cast<double>(kind.events) * share);
        kind.bytes = std::llround(static_cast<double>(kind.bytes) * share);
    }
    sample.is_estimate = true;
    return sample;
}

void EndAtLeftOut(std::vector<StoredEvent>& events)
{
    const auto is_left_out = [](const StoredEvent& event) { return event.json.size() == 0; };
    events.erase(std::ranges::find_if(events, is_left_out), events.end());
}

EventPtr ReadStored(const StoredEvent& stored)
{
    auto event = ReadEvent(stored.json);
    if (!event) return nullptr;
    const auto expires_at = ExpirationOf(*event);
    if (!expires_at) return nullptr;
    return std::make_shared<const AdmittedEvent>(
        AdmittedEvent{std::move(*event), stored.json, *expires_at});
}

Result<Found> FindAll(EventSource& store, const std::vector<Filter>& filters,
                      const FindLimits& limits, std::int64_t now)
{
    Found all;
    std::vector<StoredEvent> left_out;
    bool unasked = false;
    auto room = limits.bytes;
    for (const auto& filter : filters) {
        if (filter.MatchesNothing()) continue;
        const auto limit = std::min(filter.limit.value_or(limits.events), limits.events);
        unasked = unasked || limit == 0;
        if (limit == 0) continue;
        auto found =
            store.Find(filter, {limit + 1, room}, now);  // One more: whether there is more.
        if (!found) return found.error();
        if (std::ssize(*found) > limit) {
            left_out.push_back(std::move(found->back()));
            found->pop_back();
        }
        room -= std::min(room, BytesOf(*found));
        std::ranges::move(*found, std::back_inserter(all.events));
    }
    if (filters.size() > 1) SortWithoutRepeats(all.events);
    all.completeness = Judge(all.events, left_out, unasked);
    return all;
}

}  // namespace berth::relay
