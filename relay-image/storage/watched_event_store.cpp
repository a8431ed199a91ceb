#include "relay-image/storage/watched_event_store.hpp"

namespace berth::relay {

Result<std::vector<Verdict>> WatchedEventStore::Store(std::span<const EventPtr> events)
{
    auto verdicts = store_->Store(events);
    if (told_ == StoredTold::kByCaller) return verdicts;
    if (verdicts) {
        tail_.OnStored(events, *verdicts);
    } else if (verdicts.error().code == ErrorCode::kUnknown) {
        tail_.Forget();
    }
    return verdicts;
}

Result<std::vector<StoredEvent>> WatchedEventStore::Find(const Filter& filter,
                                                         const FindLimits& limits, std::int64_t now)
{
    return store_->Find(filter, limits, now);
}

Result<std::int64_t> WatchedEventStore::Count(const Filter& filter, std::int64_t most,
                                              std::int64_t now)
{
    return store_->Count(filter, most, now);
}

Result<std::vector<std::string>> WatchedEventStore::Authors(const Filter& filter, std::int64_t most,
                                                            std::int64_t now)
{
    return store_->Authors(filter, most, now);
}

Result<std::vector<EventKey>> WatchedEventStore::Keys(const Filter& filter, std::int64_t most,
                                                      std::int64_t now)
{
    return store_->Keys(filter, most, now);
}

Result<std::vector<StoredEvent>> WatchedEventStore::Page(const Filter& filter,
                                                         const EventKey& after, std::int64_t most)
{
    return store_->Page(filter, after, most);
}

Result<std::int64_t> WatchedEventStore::Remove(const Filter& filter, std::int64_t most)
{
    auto removed = store_->Remove(filter, most);
    if (!removed || *removed > 0) tail_.OnRemoved(filter, removed && *removed < most);
    return removed;
}

Result<void> WatchedEventStore::PutRecord(const std::string& collection, const std::string& key,
                                          const std::string& json)
{
    return store_->PutRecord(collection, key, json);
}

Result<void> WatchedEventStore::EraseRecord(const std::string& collection, const std::string& key)
{
    return store_->EraseRecord(collection, key);
}

Result<bool> WatchedEventStore::SwapRecord(const std::string& collection, const std::string& key,
                                           const std::optional<std::string>& before,
                                           const std::optional<std::string>& after)
{
    return store_->SwapRecord(collection, key, before, after);
}

Result<std::optional<std::string>> WatchedEventStore::LoadRecord(const std::string& collection,
                                                                 const std::string& key)
{
    return store_->LoadRecord(collection, key);
}

Result<std::vector<Record>> WatchedEventStore::LoadRecords(const std::string& collection)
{
    return store_->LoadRecords(collection);
}

Result<std::int64_t> WatchedEventStore::RemoveExpired(std::int64_t now)
{
    auto removed = store_->RemoveExpired(now);
    if (removed) tail_.OnExpired(now);
    return removed;
}

EventStoreFactory Watching(EventStoreFactory factory, HotTail& tail,
                           WatchedEventStore::StoredTold told)
{
    return [factory = std::move(factory), &tail, told] {
        return std::make_unique<WatchedEventStore>(factory(), tail, told);
    };
}

}  // namespace berth::relay
