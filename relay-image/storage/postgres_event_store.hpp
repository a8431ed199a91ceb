#pragma once

#include <functional>
#include <string_view>

#include "core/base/secret.hpp"
#include "relay-image/storage/event_query_store.hpp"
#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/peer_watch.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// Events in PostgreSQL, over connections that are made when they are first needed.
class PostgresEventStore final : public EventStore {
public:
    /// With `peers`, which outlives it, of a process that keeps events in memory; else whoever does
    /// is told to give that up before anything is written.
    explicit PostgresEventStore(Secret url, PeerWatch* peers = nullptr);

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
    Result<void> Compact() override;

private:
    Result<Rows> Ask(EventQuery query, const Filter& filter, const QueryRange& range);
    Result<std::vector<StoredEvent>> Read(EventQuery order, const Filter& filter,
                                          const QueryRange& range);
    /// What a search found.
    struct Hit {
        StoredEvent event;
        std::string_view pubkey;  ///< 32 bytes.
    };
    Result<void> Search(EventQuery order, const Filter& filter, QueryRange range,
                        const std::function<bool(Hit)>& take);

    void TellPeers(std::span<const EventPtr> events, std::span<const Verdict> verdicts);

    PeerWatch* peers_;
    PostgresConnection writing_;
    PostgresConnection reading_;
};

}  // namespace berth::relay
