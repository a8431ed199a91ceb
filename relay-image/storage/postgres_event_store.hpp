#pragma once

#include "core/base/secret.hpp"
#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// Events in PostgreSQL, over one connection that is made when it is first needed.
class PostgresEventStore final : public EventStore {
public:
    explicit PostgresEventStore(Secret url);

    Result<void> Migrate() override;
    Result<void> Check() override;
    Result<std::vector<Verdict>> Store(std::span<const EventPtr> events) override;
    Result<std::vector<StoredEvent>> Find(const Filter& filter, std::int64_t limit,
                                          std::int64_t now) override;
    Result<std::int64_t> RemoveExpired(std::int64_t now) override;
    Result<StoreFigures> Measure() override;

private:
    PostgresConnection writing_;
    PostgresConnection reading_;
};

}  // namespace berth::relay
