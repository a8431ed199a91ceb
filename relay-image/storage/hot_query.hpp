#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "relay-image/protocol/filter.hpp"
#include "relay-image/storage/hot_events.hpp"

namespace berth::relay {

/// A filter put to events in memory. Lives no longer than either.
class HotQuery {
public:
    HotQuery(const HotEvents& events, const Filter& filter);

    /// The newest `limit` that match, were created at `since` or later, and have not expired at
    /// `now`. Nothing if that takes a look at more than `max_steps` events.
    std::optional<std::vector<const HotEvent*>> Newest(std::size_t limit, std::int64_t since,
                                                       std::int64_t now,
                                                       std::size_t max_steps) const;
    /// Whether an event matches; the filter's search is not looked at.
    bool Matches(const HotEvent& event) const;

private:
    using Lists = std::vector<const HotList*>;
    using Tags = std::vector<const TagList*>;

    static bool HasOneOf(const HotEvent& event, const Tags& tags);
    Lists Drivers() const;
    Lists ByAuthor() const;
    Lists ByKind() const;

    const HotEvents& events_;
    const Filter& filter_;
    std::vector<Bytes32> authors_;  ///< Sorted.
    std::vector<Tags> tags_;        ///< Of each condition those of its values, sorted.
    Tags wraps_;                    ///< Of the keys whose gift wraps may be seen, sorted.
};

}  // namespace berth::relay
