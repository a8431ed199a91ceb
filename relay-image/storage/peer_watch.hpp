#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/secret.hpp"
#include "relay-image/protocol/event_text.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// Whether other processes write to the same database, and what they tell. While this one is alone
/// it may keep in memory what the database holds: another one cannot write before this one has
/// given that up. All hold one advisory lock: who is alone exclusively, the others shared; a new
/// one says hello, upon which the lone one shares. Thread-safe.
class PeerWatch {
public:
    struct Listener {
        /// What is in memory holds from now on, or does no more. Called on the watch's thread.
        std::function<void(bool alone)> on_alone;
        /// Others stored events with these ids (hex).
        std::function<void(std::vector<std::string> ids)> on_stored;
        /// Another one tells of an event as a whole (JSON), which is not stored.
        std::function<void(std::string json)> on_whole = {};
    };

    PeerWatch(Secret url, Listener listener);
    PeerWatch(const PeerWatch&) = delete;
    PeerWatch& operator=(const PeerWatch&) = delete;
    ~PeerWatch();

    /// Begins; the listener is called from now on.
    void Start();
    /// Calls the listener no more. The others take this process for one that writes until the watch
    /// is destroyed.
    void Stop();

    /// Waits until the others know of this process: only then may it write.
    /// Errors: kUnavailable `DATABASE_UNAVAILABLE`.
    Result<void> AwaitKnown();
    /// Whether this is the only process that writes.
    bool alone() const { return alone_; }
    /// Whether there are others, and they can be told.
    bool has_peers() const { return known_ && !alone_; }
    /// By what the others tell this process from themselves: 32 hex digits.
    const std::string& name() const { return name_; }
    /// Tells the others of an event that is not stored (JSON), without waiting; false if it is too
    /// long for a notice, or too many wait. Lost if the database is.
    bool TellWhole(EventText json);

private:
    using Steady = std::chrono::steady_clock;

    void Work();
    Result<void> Meet();
    Result<void> TryToBeAlone();
    Result<void> Share();
    Result<void> Hear();
    void Report(const std::string& notice);
    bool WasWoken() const;
    Result<void> SendWholes();
    void SetAlone(bool alone);
    void SetKnown(bool known);

    const Listener listener_;
    const std::string name_;
    PostgresConnection connection_;
    std::atomic<bool> alone_ = false;
    std::atomic<bool> known_ = false;  ///< Changes under the mutex.
    Steady::time_point looked_around_{};
    bool shares_ = false;     ///< Holds the lock shared; used on the thread only.
    int wake_[2] = {-1, -1};  ///< A pipe that ends the thread's wait.
    std::mutex mutex_;        ///< Guards the two below.
    bool stopping_ = false;
    std::deque<EventText> wholes_;  ///< To be told.
    std::condition_variable changed_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

/// Tells the watches of other processes, once committed, that events with these ids (hex) are
/// there; `name` is that of this process's own watch.
std::vector<Statement> TellStored(const std::vector<std::string>& ids, const std::string& name);

/// What a process without a watch runs on each connection before it writes: it waits until no
/// other process trusts its memory.
std::vector<std::string> Greeting();

}  // namespace berth::relay
