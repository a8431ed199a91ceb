#pragma once

#include <cstddef>
#include <cstdint>

namespace berth::relay {

/// What one client may ask of the relay. The NIP-11 document states these same values.
struct Limits {
    std::size_t max_message_bytes = 131072;   ///< Of one message from a client.
    std::size_t max_subscriptions = 64;       ///< Open at once on one connection.
    std::size_t max_filters = 16;             ///< In one REQ.
    std::int64_t max_limit = 500;             ///< Stored events a filter returns; more is clamped.
    std::size_t max_subid_length = 64;        ///< Characters.
    std::size_t max_event_tags = 2000;        ///< Tags in one event.
    std::size_t max_content_length = 65536;   ///< Unicode characters of an event's content.
    std::int64_t created_at_lower_limit = 0;  ///< Seconds an event may be old; 0 is any age.
    std::int64_t created_at_upper_limit = 900;  ///< Seconds an event may be ahead of our clock.
    std::int64_t min_pow_difficulty = 0;        ///< Leading zero bits of an event's id (NIP-13).
    std::int64_t max_sync_events = 200'000;     ///< A reconciliation is over so many at most.
    std::int64_t sync_idle_seconds = 60;        ///< A reconciliation waits so long for its client.
    std::size_t max_filter_bytes = 4 << 20;     ///< Of one connection's filters, in memory.
};

}  // namespace berth::relay
