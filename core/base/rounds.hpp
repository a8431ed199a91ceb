#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace berth {

/// A thread that works in rounds and rests between them. To be the last member of what it works
/// on: whoever ends it breaks a rest and waits for a round.
class Rounds {
public:
    using Duration = std::chrono::steady_clock::duration;
    /// One round; returns how long to rest after it. A long one gives up when it is `stopping`.
    using Round = std::function<Duration(const std::atomic<bool>& stopping)>;

    /// Starts after a first rest.
    explicit Rounds(Round round, Duration first_rest = Duration::zero());
    Rounds(const Rounds&) = delete;
    Rounds& operator=(const Rounds&) = delete;
    ~Rounds() { Stop(); }

    /// Ends the thread. Idempotent; not to be called by a round.
    void Stop();

private:
    void Work(Duration rest);

    const Round round_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;  ///< For the rest alone.
    std::condition_variable stopped_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth
