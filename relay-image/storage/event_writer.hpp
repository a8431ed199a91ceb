#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Who is told what became of his event.
class Publisher {
public:
    virtual ~Publisher() = default;
    /// The event is durable, or was not stored for the reason of the verdict or error.
    virtual void OnWritten(const EventPtr& event, const Result<Verdict>& outcome) = 0;
    /// The event was refused before it came to storage; `reply` is the message to send.
    virtual void OnRefused(std::string reply) = 0;
    /// The relay has dealt with the event itself and keeps nothing of it; `reply` is to be sent.
    virtual void OnAnswered(std::string reply) { OnRefused(std::move(reply)); }
    /// An ephemeral event was accepted.
    virtual void OnAccepted(const EventPtr& event) = 0;
};

/// An event to be stored, and who waits for the answer.
struct Submission {
    EventPtr event;
    std::weak_ptr<Publisher> publisher;
};

/// What became of a submission.
struct Written {
    Submission submission;
    Result<Verdict> outcome;
};

/// The one thread that writes. It takes whatever is queued, commits it as one transaction, reports,
/// and repeats: no timer, so that an event waits for one commit at most, and batches grow with the
/// load. While idle it checks the store and removes expired events. Thread-safe.
class EventWriter {
public:
    /// Called on the writer's thread with each batch, after its commit.
    using Report = std::function<void(std::vector<Written>)>;

    /// Called on the writer's thread while nothing waits to be written; true if it has more to do.
    using Housework = std::function<bool(EventStore&, std::int64_t now)>;

    EventWriter(const EventStoreFactory& factory, const Clock& clock, Log& log, Report report,
                Housework housework = {});
    /// Writes what is queued, then ends.
    ~EventWriter();

    /// Queues an event; false if the queue is full.
    bool Enqueue(Submission submission);
    /// Whether the store answered last time; false until the schema is there.
    bool healthy() const { return healthy_; }

private:
    using Steady = std::chrono::steady_clock;

    void Work();
    bool MigrateOnce();
    std::vector<Submission> Take(std::chrono::milliseconds patience);
    void Write(std::vector<Submission> batch);
    std::vector<Result<Verdict>> Store(const std::vector<EventPtr>& events);
    void KeepHouse();
    void RemoveExpired();

    const std::unique_ptr<EventStore> store_;
    const Clock& clock_;
    Log& log_;
    const Report report_;
    const Housework housework_;
    bool more_housework_ = false;
    std::atomic<bool> healthy_ = false;
    Steady::time_point next_removal_{};
    std::mutex mutex_;  ///< Guards the two below.
    std::deque<Submission> queue_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay
