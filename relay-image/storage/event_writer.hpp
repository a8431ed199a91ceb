#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

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

class LaneCrossing;
class WriterLane;

/// Makes events durable, in lanes that write side by side: all of an author's go by one, in the
/// order in which they came. Thread-safe.
class EventWriter {
public:
    /// Called on a lane's thread with each batch, after its commit.
    using Report = std::function<void(std::vector<Written>)>;

    /// `lanes` is what the store takes at a time.
    EventWriter(const EventStoreFactory& factory, std::size_t lanes, Log& log,
                const Report& report);
    /// Writes what is queued, then ends.
    ~EventWriter();

    /// Queues an event; false if the queue is full.
    bool Enqueue(Submission submission);
    /// Whether the store answered last time; false until the schema is there.
    bool healthy() const;

private:
    const std::unique_ptr<LaneCrossing> crossing_;
    std::vector<std::unique_ptr<WriterLane>> lanes_;
};

}  // namespace berth::relay
