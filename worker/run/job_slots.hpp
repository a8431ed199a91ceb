#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "berth/v1/worker_service.pb.h"

namespace berth::worker {

/// A fixed number of threads that each run one job at a time. No more jobs are taken than there are
/// free threads. Thread-safe.
class JobSlots {
public:
    /// `run` is called on the slots' threads.
    JobSlots(int count, std::function<void(v1::Job)> run);
    /// Waits for the jobs under way.
    ~JobSlots();

    /// Waits until a slot is free; how many are. 0: it is to stop.
    int WaitForFree();
    void Start(v1::Job job);
    /// No more jobs; WaitForFree returns 0.
    void Stop();

private:
    void Serve();

    const std::function<void(v1::Job)> run_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<v1::Job> waiting_;
    int free_;
    bool stopped_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace berth::worker
