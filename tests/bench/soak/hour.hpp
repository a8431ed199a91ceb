#pragma once

#include <cstddef>

namespace berth::bench {

/// What clients did in an hour.
struct HourWork {
    std::size_t events = 0;       ///< Sent to be stored, those sent again among them.
    std::size_t requests = 0;     ///< Answered to the end.
    std::size_t deliveries = 0;   ///< Of live events.
    std::size_t connections = 0;  ///< Opened and gone again.
    std::size_t refused = 0;      ///< Hostile or senseless messages.

    HourWork& operator+=(const HourWork& other);
};

/// Puts on the relay of this port what an hour brings: events that expire, events sent again,
/// profiles replaced, events deleted, REQs of five shapes, counts and syncs, live subscribers,
/// clients that leave in the middle of a word, that never read, that send what nobody should.
/// Throws std::runtime_error if the relay stops serving.
HourWork PassHour(unsigned short port);

}  // namespace berth::bench
