#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::relay {

/// Values of which an event must carry at least one in a single-letter tag.
struct TagCondition {
    char name = 0;
    std::vector<std::string> values;  ///< Sorted, without repeats.
};

/// One filter of a REQ (NIP-01, NIP-50): all its conditions have to hold. A list that is there and
/// empty matches nothing.
struct Filter {
    std::optional<std::vector<std::string>> ids;      ///< Sorted hex.
    std::optional<std::vector<std::string>> authors;  ///< Sorted hex.
    std::optional<std::vector<int>> kinds;            ///< Sorted.
    std::vector<TagCondition> tags;
    std::int64_t since = 0;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
    std::optional<std::int64_t> limit;
    /// Words that the content has to hold, all of them (NIP-50): as SearchWords makes them, with
    /// one space between.
    std::optional<std::string> search;
    /// Sorted hex keys; gift wraps (NIP-59) match only if a `p` tag names one of them. Not the
    /// client's to say: the session sets it to the keys he proved. Unset is no restriction.
    std::optional<std::vector<std::string>> wraps_for;

    /// Whether a live event fits; `limit` has no say in it.
    bool Matches(const nostr::Event& event) const;
    /// True if no event can ever fit.
    bool MatchesNothing() const;
    /// True if gift wraps are all that it asks for.
    bool OnlyGiftWraps() const;
};

/// Reads one filter, parsed with integers_only.
/// Errors: kInvalid `BAD_FILTER` (a known field is malformed), `UNKNOWN_FILTER_FIELD`.
Result<Filter> ParseFilter(const boost::json::value& value);

}  // namespace berth::relay
