#pragma once

#include <cstdint>
#include <optional>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// What is asked of the events that match a filter.
enum class EventQuery {
    kNewest,   ///< Rows as EventOfRow takes them, newest first; behind the bytes without a body.
    kOldest,   ///< The same, oldest first.
    kCount,    ///< One row with their number.
    kAuthors,  ///< Their public keys.
    kKeys,     ///< Times and ids, newest first.
    kRemove,   ///< Deletes them; one row with their number.
};

/// Which of the matching events a query takes, in its order.
struct QueryRange {
    std::int64_t limit = 0;
    std::int64_t now = 0;                ///< What has expired by then is left out.
    std::optional<EventKey> after = {};  ///< Only what comes after it.
    std::size_t bytes = kPageBytes;      ///< Of the bodies of kNewest and kOldest.
};

/// The statement for a filter: one access path each, which walks its index in the order of time and
/// stops at the limit. A search is met by all events that hold its words, and by some others.
Statement EventStatement(EventQuery query, const Filter& filter, const QueryRange& range);

}  // namespace berth::relay
