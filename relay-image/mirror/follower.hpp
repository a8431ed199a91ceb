#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/nostr/event.hpp"

namespace berth::relay {

/// Takes over what another relay gets, on a thread of its own: subscribes there, hands over what
/// comes, and connects again when the connection is lost, from a little before where it was.
class Follower {
public:
    /// Takes an event, or blocks until there is room for it; false if the relay is stopping.
    using Take = std::function<bool(nostr::Event)>;

    struct Ports {
        const Clock& clock;
        Log& log;
        Take take;
        std::chrono::milliseconds first_retry;
    };

    /// `filter` is one of a REQ, without times.
    Follower(std::string url, std::string filter, Ports ports);
    /// Leaves the other relay and waits for the thread.
    ~Follower();

    /// Whether the subscription stands.
    bool connected() const { return connected_; }

private:
    void Work();
    Result<void> FollowOnce();
    /// Waits; false if it is to stop.
    bool Wait(std::chrono::milliseconds delay);

    const std::string url_;
    const std::string filter_;
    Ports ports_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> connected_ = false;
    std::int64_t since_;  ///< Of the next subscription; for the thread alone.
    std::mutex mutex_;    ///< For the wait alone.
    std::condition_variable changed_;
    std::thread thread_;
};

}  // namespace berth::relay
