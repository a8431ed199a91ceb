#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/protocol/event_text.hpp"

namespace berth::relay {

/// Sends events on to another relay, on a thread of its own, and connects again when the connection
/// is lost. What waits is bounded: while the other relay is away for long, the oldest are dropped,
/// and a synchronisation has to bring them. Thread-safe.
class Sender {
public:
    Sender(std::string url, Log& log, std::chrono::milliseconds first_retry);
    /// Drops what waits.
    ~Sender();

    void Offer(EventText event);
    /// Events that were dropped because too many waited.
    std::size_t dropped() const;

private:
    void Work();
    /// Connects and sends until the connection is lost; true if it stood.
    bool SendOnce();
    /// Waits for events; empty if it is to stop.
    std::vector<EventText> Take();
    void PutBack(std::vector<EventText> events);
    bool Wait(std::chrono::milliseconds delay);

    const std::string url_;
    Log& log_;
    const std::chrono::milliseconds first_retry_;
    mutable std::mutex mutex_;  ///< Guards the two below.
    std::deque<EventText> waiting_;
    std::size_t dropped_ = 0;
    std::atomic<bool> stopping_ = false;
    std::condition_variable changed_;
    std::thread thread_;
};

}  // namespace berth::relay
