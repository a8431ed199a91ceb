#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "relay-image/bench/connection.hpp"
#include "relay-image/bench/events.hpp"

namespace berth::bench {

/// How fast and how long, of one kind of load.
struct Rate {
    double per_second = 0;
    double p50_millis = 0;
    double p99_millis = 0;
    std::size_t done = 0;
    double found = 0;       ///< Events a REQ brought, in the mean.
    double cpu_micros = 0;  ///< The relay's and its database's, for each one done; 0: not known.
};

/// Events published over a number of connections, 64 unanswered on each, until all have their OK.
/// Throws std::runtime_error if one is refused.
Rate Publish(const Target& target, std::span<const SignedEvent> events, std::size_t connections);

/// One question after the other on each of eight connections, until each stored event has come.
Rate Ask(const Target& target, const std::vector<std::string>& filters, bool quick_ack = true);

/// Events at once to so many subscribers: deliveries, and the time from the start to each.
Rate FanOut(const Target& target, std::span<const SignedEvent> events, std::size_t subscribers);

/// Twenty events a second to so many subscribers: the time from sending to each delivery.
Rate Deliver(const Target& target, std::span<const SignedEvent> events, std::size_t subscribers);

/// Filters of one kind of REQ.
struct Shape {
    std::string name;
    std::vector<std::string> filters;
};

/// What was measured, by name.
class Figures {
public:
    void Set(const std::string& name, double value) { values_[name] = value; }
    /// Sets `NAME_per_second`, `NAME_p50_millis` and so on.
    void Set(const std::string& name, const Rate& rate);
    const std::map<std::string, double>& values() const { return values_; }

private:
    std::map<std::string, double> values_;
};

/// The five kinds of REQ, so many of each.
std::vector<Shape> Shapes(const Load& load, std::size_t count);

}  // namespace berth::bench
