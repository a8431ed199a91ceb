#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/fair_queue.hpp"

namespace berth::relay {

/// A few threads that read, each with a store of its own, behind one bounded queue in which clients
/// take turns. Thread-safe.
class EventReaders {
public:
    using Job = std::function<void(EventStore&)>;

    EventReaders(const EventStoreFactory& factory, int threads);
    /// Drops what is queued and waits for what runs.
    ~EventReaders();

    /// Queues a job of a client, as ClientName calls him; empty is the relay itself. False if the
    /// queue is full.
    bool Post(const std::string& client, Job job);

private:
    void Work(EventStore& store);

    std::mutex mutex_;  ///< Guards the two below.
    FairQueue<Job> queue_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<EventStore>> stores_;
    std::vector<std::thread> threads_;
};

}  // namespace berth::relay
