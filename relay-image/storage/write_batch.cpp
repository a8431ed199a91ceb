#include "relay-image/storage/write_batch.hpp"

#include <string_view>
#include <unordered_map>

#include "core/base/assert.hpp"
#include "relay-image/storage/deletion.hpp"

namespace berth::relay {

WriteBatch::WriteBatch(std::span<const EventPtr> events) : repeats_(events.size(), false)
{
    DeletionSet deletions;  // Of the last part.
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto [found, first] = places.try_emplace(events[i]->event.id, places.size());
        place_.push_back(found->second);
        repeats_[i] = !first;
        if (!first) continue;
        const auto& event = events[i]->event;
        if (parts_.empty() || deletions.TakesAway(event)) {
            parts_.emplace_back();
            deletions.Clear();
        }
        parts_.back().push_back(events[i]);
        deletions.Add(event);
    }
}

std::vector<Verdict> WriteBatch::Merge(const std::vector<Verdict>& of_parts) const
{
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < place_.size(); ++i) {
        BERTH_ASSERT(place_[i] < of_parts.size());
        const auto verdict = of_parts[place_[i]];
        const bool again = repeats_[i] && verdict == Verdict::kStored;
        verdicts.push_back(again ? Verdict::kDuplicate : verdict);
    }
    return verdicts;
}

}  // namespace berth::relay
