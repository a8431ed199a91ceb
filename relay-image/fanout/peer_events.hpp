#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/fanout/delivered_ids.hpp"
#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {

/// Lets one of many through each minute. Thread-safe.
class OncePerMinute {
public:
    using Steady = std::chrono::steady_clock;

    bool Passes(Steady::time_point now);

private:
    std::atomic<Steady::rep> next_ = std::numeric_limits<Steady::rep>::min();
};

/// Delivers here, once each, the events of other replicas, whatever ways they come by. Thread-safe.
class PeerEvents {
public:
    /// All outlive it and may be called on any thread.
    struct Ports {
        const Clock& clock;
        Log& log;
        /// Runs a job that reads the database.
        std::function<void(EventReaders::Job)> read;
        /// Why the rules of the moment have no place for an event; empty if they have.
        std::function<std::string(const nostr::Event&)> why_not;
        /// Sends an event to the subscriptions that it fits.
        std::function<void(const EventPtr&)> deliver;
    };

    explicit PeerEvents(Ports ports);

    /// Others stored events with these ids (hex): reads and delivers those that did not come yet.
    void TakeStored(std::vector<std::string> ids);
    /// Delivers an event that came whole from who may be anybody, if it is sound, allowed, and did
    /// not come before. False if it is not sound or not allowed.
    bool TakeWhole(std::string_view json);
    /// Tells the log that somebody sends what no relay sends, once a minute.
    void Suspect(std::string_view reason);

private:
    const Ports ports_;
    DeliveredIds delivered_;
    OncePerMinute warnings_;
};

}  // namespace berth::relay
