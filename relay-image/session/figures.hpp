#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "relay-image/session/latencies.hpp"
#include "relay-image/session/traffic.hpp"

namespace berth::relay {

/// What the relay did since it started. Used on the I/O thread only.
class Figures {
public:
    using Steady = std::chrono::steady_clock;

    /// An event was stored, or an ephemeral one accepted.
    void CountEvent(Steady::time_point now);
    /// Mean of the last ten full seconds.
    double EventsPerSecond(Steady::time_point now) const;
    std::uint64_t events_accepted() const { return accepted_; }
    Steady::duration Uptime(Steady::time_point now) const { return now - started_; }

    std::uint64_t refused = 0;    ///< Events refused or already there.
    std::uint64_t delivered = 0;  ///< EVENT messages sent to live subscriptions.
    std::uint64_t dropped = 0;    ///< Connections ended because the client read too slowly.
    Latencies latencies;          ///< From the start of an event's checks to its OK.
    Traffic traffic;              ///< By verb and kind.

private:
    struct Second {
        std::int64_t at = -1;
        std::uint64_t events = 0;
    };

    Steady::time_point started_ = Steady::now();
    std::uint64_t accepted_ = 0;
    std::array<Second, 16> seconds_{};  ///< By second modulo its size.
};

}  // namespace berth::relay
