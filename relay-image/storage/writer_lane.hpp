#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "relay-image/storage/event_writer.hpp"

namespace berth::relay {

/// Keeps a batch that touches other authors' events apart from all others. Thread-safe.
class LaneCrossing {
public:
    /// Held while a batch is written.
    class Pass {
    public:
        Pass(LaneCrossing& crossing, bool is_alone);

    private:
        std::shared_lock<std::shared_mutex> together_;
        std::unique_lock<std::shared_mutex> alone_;
    };

private:
    std::mutex gate_;  ///< Who waits to be alone keeps newcomers out.
    std::shared_mutex inside_;
};

/// One thread that writes. It takes whatever is queued, commits it as one transaction, reports,
/// and repeats: no timer, so that an event waits for one commit at most, and batches grow with the
/// load. While idle it checks the store. Thread-safe.
class WriterLane {
public:
    WriterLane(const EventStoreFactory& factory, Log& log, LaneCrossing& crossing,
               EventWriter::Report report);
    /// Writes what is queued, then ends.
    ~WriterLane();

    /// Queues an event; false if the queue is full.
    bool Enqueue(Submission submission);
    bool healthy() const { return healthy_; }

private:
    void Work();
    bool MigrateOnce();
    std::vector<Submission> Take(std::chrono::milliseconds patience);
    void Write(std::vector<Submission> batch);
    std::vector<Result<Verdict>> Store(const std::vector<EventPtr>& events);
    void Check();

    const std::unique_ptr<EventStore> store_;
    Log& log_;
    LaneCrossing& crossing_;
    const EventWriter::Report report_;
    std::atomic<bool> healthy_ = false;
    std::mutex mutex_;  ///< Guards the three below.
    std::deque<Submission> queue_;
    std::size_t queued_bytes_ = 0;  ///< JSON of the queue.
    bool stopping_ = false;
    std::condition_variable changed_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
