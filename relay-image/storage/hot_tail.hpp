#pragma once

#include <cstdint>
#include <limits>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "relay-image/storage/deletion.hpp"
#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/hot_events.hpp"

namespace berth::relay {

/// The newest events of a store in memory, up to a size. It knows down to which second it holds
/// all that the store holds, and answers only what it can answer whole. Whatever is written to the
/// store is told to it after the commit; older events are read from the store page by page.
/// Thread-safe.
class HotTail final : public EventSource {
public:
    /// Holds nothing and answers nothing until it is trusted.
    explicit HotTail(std::size_t max_bytes) : max_bytes_{max_bytes} {}

    /// As of EventSource, but no JSON is left out: it is shared. Error kNotFound `NOT_IN_MEMORY`:
    /// ask the store.
    Result<std::vector<StoredEvent>> Find(const Filter& filter, const FindLimits& limits,
                                          std::int64_t now) override;

    /// A batch was committed with these verdicts.
    void OnStored(std::span<const EventPtr> events, std::span<const Verdict> verdicts);
    /// What the filter matches may be gone from the store, `all` of it or only a part.
    void OnRemoved(const Filter& filter, bool all);
    /// What had expired at `now` is gone from the store.
    void OnExpired(std::int64_t now);
    /// What the store holds is not known any more.
    void Forget();
    /// Whether all that is written to the store is told here; while it is not, nothing is answered.
    void Trust(bool trusted);

    /// The time up to which the next page of the store is to be read, newest first, if there is
    /// room for one. AddPage has to follow; meanwhile no other page may be begun.
    std::optional<std::int64_t> BeginPage();
    /// Takes the page that was read since: all that the store held up to the time that BeginPage
    /// gave and from `complete_from` on. Nothing: it could not be read.
    void AddPage(const std::optional<std::vector<StoredEvent>>& page, std::int64_t complete_from);

    /// How many events it holds.
    std::size_t count() const;
    /// The second from which on it holds all that the store does; the greatest if none.
    std::int64_t complete_from() const;

private:
    /// What happened while a page was being read.
    struct Meanwhile {
        std::int64_t complete_from = 0;  ///< When it was begun.
        DeletionSet deletions;
        std::vector<Filter> removed;
        std::unordered_set<std::string> written;  ///< Addresses.
        bool forgotten = false;
    };
    void Take(const AdmittedEvent& stored);
    void Apply(const nostr::Event& deletion);
    bool IsGone(const nostr::Event& event) const;
    void RemoveAll(const HotList* list, std::int64_t until, int kind);
    void AddIfCurrent(const nostr::Event& event, EventText json, std::int64_t expires_at);
    void ForgetAll();
    void Shrink();

    const std::size_t max_bytes_;
    mutable std::shared_mutex mutex_;  ///< Guards all below.
    HotEvents events_;
    bool trusted_ = false;
    std::int64_t complete_from_ = std::numeric_limits<std::int64_t>::max();
    std::optional<Meanwhile> page_;  ///< There while a page is being read.
};

}  // namespace berth::relay
