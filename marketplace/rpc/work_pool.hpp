#pragma once

#include <atomic>
#include <chrono>
#include <functional>

#include <boost/asio/thread_pool.hpp>

namespace berth::rpc {

/// The threads on which handlers block: as many as there are database connections, with a bounded
/// queue before them. Thread-safe.
class WorkPool {
public:
    using Work = std::function<void()>;

    struct Options {
        int threads = 8;
        int queue_max = 1024;  ///< Work that waits for a thread.
    };

    explicit WorkPool(Options options);
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;
    ~WorkPool();

    /// False, and nothing is done, when the queue is full or the pool has stopped.
    bool TryPost(Work work);
    /// Runs `work` every `period`, first at once, until the pool stops.
    void Repeat(std::chrono::milliseconds period, Work work);
    /// Ends the threads; work that has not begun is dropped. Idempotent.
    void Stop();

private:
    const Options options_;
    std::atomic<int> queued_ = 0;
    std::atomic<bool> stopped_ = false;
    boost::asio::thread_pool threads_;
};

}  // namespace berth::rpc
