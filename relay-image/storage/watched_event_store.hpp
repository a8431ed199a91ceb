#pragma once

#include <memory>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/hot_tail.hpp"

namespace berth::relay {

/// A store that tells the hot tail what it writes and removes; all else is as in the store itself.
class WatchedEventStore final : public EventStore {
public:
    /// Who tells the tail what was stored.
    enum class StoredTold { kHere, kByCaller };

    WatchedEventStore(std::unique_ptr<EventStore> store, HotTail& tail,
                      StoredTold told = StoredTold::kHere)
        : store_{std::move(store)}, tail_{tail}, told_{told}
    {
    }

    Result<void> Migrate() override { return store_->Migrate(); }
    Result<void> Check() override { return store_->Check(); }
    Result<std::vector<Verdict>> Store(std::span<const EventPtr> events) override;
    Result<std::vector<StoredEvent>> Find(const Filter& filter, const FindLimits& limits,
                                          std::int64_t now) override;
    Result<std::int64_t> Count(const Filter& filter, std::int64_t most, std::int64_t now) override;
    Result<std::vector<std::string>> Authors(const Filter& filter, std::int64_t most,
                                             std::int64_t now) override;
    Result<std::vector<EventKey>> Keys(const Filter& filter, std::int64_t most,
                                       std::int64_t now) override;
    Result<std::vector<StoredEvent>> Page(const Filter& filter, const EventKey& after,
                                          std::int64_t most) override;
    Result<std::int64_t> Remove(const Filter& filter, std::int64_t most) override;
    Result<void> PutRecord(const std::string& collection, const std::string& key,
                           const std::string& json) override;
    Result<void> EraseRecord(const std::string& collection, const std::string& key) override;
    Result<bool> SwapRecord(const std::string& collection, const std::string& key,
                            const std::optional<std::string>& before,
                            const std::optional<std::string>& after) override;
    Result<std::optional<std::string>> LoadRecord(const std::string& collection,
                                                  const std::string& key) override;
    Result<std::vector<Record>> LoadRecords(const std::string& collection) override;
    Result<std::int64_t> RemoveExpired(std::int64_t now) override;
    Result<StoreFigures> Measure() override { return store_->Measure(); }
    Result<KindCensus> CountKinds(std::int64_t most) override { return store_->CountKinds(most); }

private:
    const std::unique_ptr<EventStore> store_;
    HotTail& tail_;
    const StoredTold told_;
};

/// Makes stores that tell `tail`, which outlives them.
EventStoreFactory Watching(
    EventStoreFactory factory, HotTail& tail,
    WatchedEventStore::StoredTold told = WatchedEventStore::StoredTold::kHere);

}  // namespace berth::relay
