#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
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
    kForeign,    ///< It asks for the deletion of what others wrote. Told by the writer only.
};

struct StoredEvent {
    std::string id;  ///< 32 bytes.
    std::int64_t created_at = 0;
    int kind = 0;
    EventText json;  ///< Empty if it was left out.
};

/// How much may be found.
struct FindLimits {
    static constexpr auto kAllBytes = std::numeric_limits<std::size_t>::max();

    FindLimits(std::int64_t most, std::size_t most_bytes = kAllBytes)
        : events{most}, bytes{most_bytes}
    {
    }

    std::int64_t events;
    std::size_t bytes;  ///< Of JSON: behind so much of it that of the other events is left out.
};

/// Where an event stands in the order of time.
struct EventKey {
    std::int64_t created_at = 0;
    std::string id;  ///< 32 bytes.

    auto operator<=>(const EventKey&) const = default;
};

/// A small named thing that survives: a ban, a member, a setting.
struct Record {
    std::string key;
    std::string json;
};

/// For the dashboard.
struct StoreFigures {
    std::int64_t events = 0;
    std::int64_t database_bytes = 0;
};

/// What the events of one kind come to.
struct KindFigures {
    int kind = 0;
    std::int64_t events = 0;
    std::int64_t bytes = 0;  ///< Of the events as they are stored, without their indexes.

    bool operator==(const KindFigures&) const = default;
};

/// What the kinds that are stored come to.
struct KindCensus {
    std::vector<KindFigures> kinds;  ///< By kind ascending.
    bool is_estimate = false;        ///< By a sample of the events.
};

/// What finds events.
class EventSource {
public:
    virtual ~EventSource() = default;

    /// The newest events that match and have not expired at `now`; of one second those with the
    /// lower ids come first.
    virtual Result<std::vector<StoredEvent>> Find(const Filter& filter, const FindLimits& limits,
                                                  std::int64_t now) = 0;
};

/// Bytes of JSON that one page of events holds, and one event more at most.
constexpr std::size_t kPageBytes = 8 << 20;

/// Where events are kept. An object belongs to one thread; objects of the same store may work at
/// the same time. Calls block, and connect again by themselves if the connection was lost. Errors
/// of all: kUnavailable `DATABASE_UNAVAILABLE`; kInternal `DATABASE_REFUSED`.
class EventStore : public EventSource {
public:
    /// Creates or upgrades the schema. Idempotent, and safe to run from several processes at once.
    virtual Result<void> Migrate() = 0;
    /// Whether the store answers.
    virtual Result<void> Check() = 0;
    /// Stores events in one transaction and applies the deletions (NIP-09) and the requests to
    /// vanish (NIP-62) among them, as if one came after the other: all durable on return, or none.
    /// Answers in the order of `events`. Idempotent. Error kUnknown `COMMIT_UNKNOWN`.
    virtual Result<std::vector<Verdict>> Store(std::span<const EventPtr> events) = 0;
    /// Number of unexpired events that match, counting no further than `most` (NIP-45).
    virtual Result<std::int64_t> Count(const Filter& filter, std::int64_t most,
                                       std::int64_t now) = 0;
    /// The authors (32 bytes each, with repeats) of the newest `most` unexpired events that match.
    virtual Result<std::vector<std::string>> Authors(const Filter& filter, std::int64_t most,
                                                     std::int64_t now) = 0;
    /// Time and id of all unexpired events that match, ascending (NIP-77). Error kExhausted
    /// `TOO_MANY`: they are more than `most`.
    virtual Result<std::vector<EventKey>> Keys(const Filter& filter, std::int64_t most,
                                               std::int64_t now) = 0;
    /// The next events that match, expired or not, oldest first, that come after `after`: `most` at
    /// most, and fewer if they are long. None: there are no more.
    virtual Result<std::vector<StoredEvent>> Page(const Filter& filter, const EventKey& after,
                                                  std::int64_t most) = 0;
    /// Deletes at most `most` of the events that match, expired or not; returns how many. They may
    /// be stored again.
    virtual Result<std::int64_t> Remove(const Filter& filter, std::int64_t most) = 0;
    /// Keeps a record under its key, in place of an older one; durable on return.
    virtual Result<void> PutRecord(const std::string& collection, const std::string& key,
                                   const std::string& json) = 0;
    /// Forgets a record; none is no error. Durable on return.
    virtual Result<void> EraseRecord(const std::string& collection, const std::string& key) = 0;
    /// Keeps the record `after`, or none at all, in place of `before`, or of none at all, if that
    /// is what is there now; durable on return. False, and nothing done, if it is not.
    virtual Result<bool> SwapRecord(const std::string& collection, const std::string& key,
                                    const std::optional<std::string>& before,
                                    const std::optional<std::string>& after) = 0;
    /// The record under a key; nothing if there is none.
    virtual Result<std::optional<std::string>> LoadRecord(const std::string& collection,
                                                          const std::string& key) = 0;
    /// All records of a collection, by key ascending.
    virtual Result<std::vector<Record>> LoadRecords(const std::string& collection) = 0;
    /// Deletes what has expired at `now`, a thousand at most; returns how many.
    virtual Result<std::int64_t> RemoveExpired(std::int64_t now) = 0;
    virtual Result<StoreFigures> Measure() = 0;
    /// Counts the kinds by looking at some `most` events: all, or a sample from all over.
    virtual Result<KindCensus> CountKinds(std::int64_t most) = 0;
    /// Gives back the room that removed events have left; may take minutes. Error kPrecondition
    /// `DATABASE_IN_USE`: others have it open, and this kind of storage wants to be alone for it.
    virtual Result<void> Compact() { return {}; }
};

/// A census of a sample of one event in `share`, as one of all events.
KindCensus Extrapolated(KindCensus sample, double share);

/// Keeps the events before the first whose JSON was left out.
void EndAtLeftOut(std::vector<StoredEvent>& events);

/// A stored event as admission made it once; null if its JSON is broken.
EventPtr ReadStored(const StoredEvent& stored);

/// Makes a store of its own for each thread that asks.
using EventStoreFactory = std::function<std::unique_ptr<EventStore>()>;

/// Whether an answer holds every stored event that its filters match (NIP-67).
enum class Completeness { kUnknown, kFinished, kMore };

/// What a REQ is answered with.
struct Found {
    std::vector<StoredEvent> events;
    Completeness completeness = Completeness::kFinished;
};

/// The filters' events without repeats, newest first. The events of each filter, whose own limit is
/// clamped to it, and the bytes of all together keep to the limits.
Result<Found> FindAll(EventSource& store, const std::vector<Filter>& filters,
                      const FindLimits& limits, std::int64_t now);

}  // namespace berth::relay
