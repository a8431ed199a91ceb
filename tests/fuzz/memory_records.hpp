#pragma once

#include <map>
#include <optional>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay::fuzz {

/// A store that keeps records in memory, and no events.
class MemoryRecords : public EventStore {
public:
    Result<void> PutRecord(const std::string& collection, const std::string& key,
                           const std::string& json) override
    {
        records_[collection][key] = json;
        return {};
    }
    Result<void> EraseRecord(const std::string& collection, const std::string& key) override
    {
        records_[collection].erase(key);
        return {};
    }
    Result<bool> SwapRecord(const std::string& collection, const std::string& key,
                            const std::optional<std::string>& before,
                            const std::optional<std::string>& after) override
    {
        if (*LoadRecord(collection, key) != before) return false;
        if (after) return PutRecord(collection, key, *after).has_value();
        return EraseRecord(collection, key).has_value();
    }
    Result<std::optional<std::string>> LoadRecord(const std::string& collection,
                                                  const std::string& key) override
    {
        const auto& records = records_[collection];
        const auto found = records.find(key);
        if (found == records.end()) return std::optional<std::string>{};
        return std::optional{found->second};
    }
    Result<std::vector<Record>> LoadRecords(const std::string& collection) override
    {
        std::vector<Record> loaded;
        for (const auto& [key, json] : records_[collection]) loaded.push_back({key, json});
        return loaded;
    }

    using Events = Result<std::vector<StoredEvent>>;
    Events Find(const Filter&, const FindLimits&, std::int64_t) override { return {}; }
    Events Page(const Filter&, const EventKey&, std::int64_t) override { return {}; }
    Result<std::vector<Verdict>> Store(std::span<const EventPtr>) override { return {}; }
    Result<std::int64_t> Count(const Filter&, std::int64_t, std::int64_t) override { return 0; }
    Result<std::vector<std::string>> Authors(const Filter&, std::int64_t, std::int64_t) override
    {
        return {};
    }
    Result<std::vector<EventKey>> Keys(const Filter&, std::int64_t, std::int64_t) override
    {
        return {};
    }
    Result<std::int64_t> Remove(const Filter&, std::int64_t) override { return 0; }
    Result<std::int64_t> RemoveExpired(std::int64_t) override { return 0; }
    Result<StoreFigures> Measure() override { return {}; }
    Result<KindCensus> CountKinds(std::int64_t) override { return {}; }
    Result<void> Migrate() override { return {}; }
    Result<void> Check() override { return {}; }

private:
    std::map<std::string, std::map<std::string, std::string>> records_;
};

}  // namespace berth::relay::fuzz
