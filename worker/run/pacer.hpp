#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace berth::worker {

/// The pause between two rounds of a thread, which others may cut short or end. Thread-safe.
class Pacer {
public:
    /// Returns after `pause`, or at once when woken. False: the thread is to end.
    bool Wait(std::chrono::milliseconds pause)
    {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, pause, [this] { return woken_ || stopped_; });
        woken_ = false;
        return !stopped_;
    }
    void Wake()
    {
        const std::scoped_lock lock{mutex_};
        woken_ = true;
        changed_.notify_all();
    }
    void Stop()
    {
        const std::scoped_lock lock{mutex_};
        stopped_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopped_ = false;
};

}  // namespace berth::worker
