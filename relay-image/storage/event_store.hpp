#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "relay-image/protocol/admission.hpp"
#include "relay-image/protocol/filter.hpp"

namespace berth::relay {

/// What became of an event that was to be stored.
enum class Verdict {
    kStored,
    kDuplicate,  ///< It was there already.
    kDeleted,    ///< Its author asked for its deletion before (NIP-09).
    kOutdated,   ///< A newer event is kept at its address.
};

struct StoredEvent {
    std::string id;  ///< 32 bytes.
    std::int64_t created_at = 0;
    std::string json;
};

/// For the dashboard.
struct StoreFigures {
    std::int64_t events = 0;
    std::int64_t database_bytes = 0;
};

/// Where events are kept. An object belongs to one thread; objects of the same store may work at
/// the same time. Calls block, and connect again by themselves if the connection was lost. Errors
/// of all: kUnavailable `DATABASE_UNAVAILABLE`; kInternal `DATABASE_REFUSED`.
class EventStore {
public:
    virtual ~EventStore() = default;

    /// Creates or upgrades the schema. Idempotent, and safe to run from several processes at once.
    virtual Result<void> Migrate() = 0;
    /// Whether the store answers.
    virtual Result<void> Check() = 0;
    /// Stores events in one transaction and applies the deletions among them: all durable on
    /// return, or none. Answers in the order of `events`. Idempotent. Error kUnknown
    /// `COMMIT_UNKNOWN`.
    virtual Result<std::vector<Verdict>> Store(std::span<const EventPtr> events) = 0;
    /// The newest `limit` events that match and have not expired at `now`; of one second those with
    /// the lower ids come first.
    virtual Result<std::vector<StoredEvent>> Find(const Filter& filter, std::int64_t limit,
                                                  std::int64_t now) = 0;
    /// Deletes what has expired at `now`, some thousands at most; returns how many.
    virtual Result<std::int64_t> RemoveExpired(std::int64_t now) = 0;
    virtual Result<StoreFigures> Measure() = 0;
};

/// Makes a store of its own for each thread that asks.
using EventStoreFactory = std::function<std::unique_ptr<EventStore>()>;

/// Whether an answer holds every stored event that its filters match (NIP-67).
enum class Completeness { kUnknown, kFinished, kMore };

/// What a REQ is answered with.
struct Found {
    std::vector<StoredEvent> events;
    Completeness completeness = Completeness::kFinished;
};

/// The filters' events without repeats, newest first. A filter's limit is clamped to `max_limit`.
Result<Found> FindAll(EventStore& store, const std::vector<Filter>& filters, std::int64_t max_limit,
                      std::int64_t now);

}  // namespace berth::relay
