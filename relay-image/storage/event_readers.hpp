#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// A few threads that read, each with a store of its own, behind one bounded queue. Thread-safe.
class EventReaders {
public:
    using Job = std::function<void(EventStore&)>;

    EventReaders(const EventStoreFactory& factory, int threads);
    /// Drops what is queued and waits for what runs.
    ~EventReaders();

    /// Queues a job; false if the queue is full.
    bool Post(Job job);

private:
    void Work(EventStore& store);

    std::mutex mutex_;  ///< Guards the two below.
    std::deque<Job> queue_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<EventStore>> stores_;
    std::vector<std::thread> threads_;
};

}  // namespace berth::relay
