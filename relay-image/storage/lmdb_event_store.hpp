#pragma once

#include <memory>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/lmdb_environment.hpp"

namespace berth::relay {

/// Events in a folder of LMDB, in this process: for the relay that has no database beside it. All
/// stores of a process share one environment.
class LmdbEventStore final : public EventStore {
public:
    explicit LmdbEventStore(std::shared_ptr<LmdbEnvironment> environment);

    Result<void> Migrate() override;
    Result<void> Check() override;
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
    Result<StoreFigures> Measure() override;
    Result<KindCensus> CountKinds(std::int64_t most) override;
    /// Wants to be the only store of the only process.
    Result<void> Compact() override;

private:
    /// Runs `read` in a snapshot.
    template <typename T, typename Read>
    Result<T> Reading(Read read);
    /// Runs `write` in a transaction and commits; again if the map had to grow.
    template <typename T, typename Write>
    Result<T> Writing(Write write);

    std::shared_ptr<LmdbEnvironment> environment_;
    LmdbSnapshots snapshots_;
};

}  // namespace berth::relay
