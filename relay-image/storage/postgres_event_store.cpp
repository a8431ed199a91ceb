#include "relay-image/storage/postgres_event_store.hpp"

#include <algorithm>
#include <limits>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_json.hpp"
#include "relay-image/protocol/search.hpp"
#include "relay-image/storage/event_rows.hpp"
#include "relay-image/storage/migrations.hpp"
#include "relay-image/storage/write_batch_store.hpp"

namespace berth::relay {
namespace {

// Plans must not depend on statistics that a fresh table does not have yet: always by index.
constexpr auto kWriterSettings =
    "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan "
    "-c statement_timeout=30s -c client_min_messages=warning";
constexpr auto kReaderSettings =
    "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_sort=off -c jit=off -c plan_cache_mode=force_generic_plan -c statement_timeout=10s "
    "-c default_transaction_read_only=on";

constexpr auto kRemoveExpired = R"sql(
    WITH expired AS MATERIALIZED (
        SELECT event_no FROM events WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000
    ), gone AS (
        DELETE FROM events e USING expired x WHERE e.event_no = x.event_no RETURNING e.event_no
    ), untagged AS (
        DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)
    SELECT count(*) FROM gone)sql";

constexpr auto kMeasure = R"sql(
    SELECT CASE WHEN reltuples < 1000000 THEN (SELECT count(*) FROM events)
                ELSE reltuples::bigint END,
           pg_database_size(current_database())
    FROM pg_class WHERE oid = 'events'::regclass)sql";

// Of a sample of the table's pages; with each row goes what its header and its numbers take.
constexpr auto kCountKinds = R"sql(
    SELECT kind, count(*), sum(52 + pg_column_size(id) + pg_column_size(pubkey)
                                  + pg_column_size(sig) + pg_column_size(body))::bigint
    FROM events TABLESAMPLE SYSTEM ($1::bigint / 10000.0) GROUP BY kind ORDER BY kind)sql";
constexpr std::int64_t kWhole = 1'000'000;  ///< Parts of the table.

constexpr const char* kVacuum[] = {"SET statement_timeout = 0", "VACUUM (ANALYZE)",
                                   "RESET statement_timeout"};

constexpr auto kCheck = "SELECT 1 FROM events LIMIT 1";

constexpr auto kPutRecord = R"sql(
    INSERT INTO records (collection, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (collection, name) DO UPDATE SET value = excluded.value)sql";
constexpr auto kEraseRecord = "DELETE FROM records WHERE collection = $1 AND name = $2";
constexpr auto kAddRecord = R"sql(
    INSERT INTO records (collection, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (collection, name) DO NOTHING RETURNING 1)sql";
constexpr auto kSwapRecord = R"sql(
    UPDATE records SET value = $4 WHERE collection = $1 AND name = $2 AND value = $3
    RETURNING 1)sql";
constexpr auto kDropRecord = R"sql(
    DELETE FROM records WHERE collection = $1 AND name = $2 AND value = $3
    RETURNING 1)sql";
constexpr auto kLoadRecord = "SELECT value FROM records WHERE collection = $1 AND name = $2";
constexpr auto kLoadRecords =
    "SELECT name, value FROM records WHERE collection = $1 ORDER BY name COLLATE \"C\"";

constexpr auto kAnyTime = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSearchPage = 500;     ///< Events looked at in one go.
constexpr std::int64_t kMaxSearched = 20000;  ///< Then a search ends with what it has.

std::vector<StoredEvent> EventsOf(const Rows& rows)
{
    std::vector<StoredEvent> events;
    events.reserve(static_cast<std::size_t>(rows.count()));
    for (int row = 0; row < rows.count(); ++row) events.push_back(EventOfRow(rows, row));
    return events;
}

/// Whether the event, which the database found by a pattern, holds the words themselves.
bool ContentHolds(const StoredEvent& stored, const std::string& search)
{
    const auto event = ReadEvent(stored.json);
    return event && HoldsWords(event->content, search);
}

}  // namespace

PostgresEventStore::PostgresEventStore(Secret url, PeerWatch* peers)
    : peers_{peers}, writing_{url, kWriterSettings}, reading_{std::move(url), kReaderSettings}
{
    if (peers) {
        writing_.BeforeUse([peers] { return peers->AwaitKnown(); });
    } else {
        writing_.RunFirst(Greeting());
    }
}

Result<void> PostgresEventStore::Migrate() { return MigrateEvents(writing_); }

Result<void> PostgresEventStore::Check()
{
    const auto rows = reading_.Run({kCheck, {}});
    if (!rows) return rows.error();
    return {};
}

Result<std::vector<Verdict>> PostgresEventStore::Store(std::span<const EventPtr> events)
{
    if (events.empty()) return std::vector<Verdict>{};
    const WriteBatch batch{events};
    const auto statements = WritingStatements(batch);
    const auto answers = writing_.RunTransaction(statements);
    if (!answers) return answers.error();
    auto verdicts = batch.Merge(VerdictsOf(statements, *answers));
    TellPeers(events, verdicts);
    return verdicts;
}

/// What is stored is stored; whether the others hear of it decides only what they send live.
void PostgresEventStore::TellPeers(std::span<const EventPtr> events,
                                   std::span<const Verdict> verdicts)
{
    if (!peers_ || peers_->alone()) return;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (verdicts[i] == Verdict::kStored) ids.push_back(events[i]->event.id);
    }
    if (ids.empty()) return;
    const auto told = writing_.RunTransaction(TellStored(ids, peers_->name()));
    static_cast<void>(told);
}

Result<Rows> PostgresEventStore::Ask(EventQuery query, const Filter& filter,
                                     const QueryRange& range)
{
    return reading_.Read(EventStatement(query, filter, range));
}

/// Hands the events that hold the words to `take`, until it wants no more.
Result<void> PostgresEventStore::Search(EventQuery order, const Filter& filter, QueryRange range,
                                        const std::function<bool(Hit)>& take)
{
    range.limit = kSearchPage;
    for (std::int64_t searched = 0; searched < kMaxSearched;) {
        const auto rows = Ask(order, filter, range);
        if (!rows) return rows.error();
        auto events = EventsOf(*rows);
        EndAtLeftOut(events);
        for (std::size_t at = 0; at < events.size(); ++at) {
            range.after = EventKey{events[at].created_at, events[at].id};
            if (!ContentHolds(events[at], *filter.search)) continue;
            if (!take({std::move(events[at]), rows->Bytes(static_cast<int>(at), 1)})) return {};
        }
        searched += std::ssize(events);
        if (rows->count() < range.limit && std::ssize(events) == rows->count()) break;
    }
    return {};
}

Result<std::vector<StoredEvent>> PostgresEventStore::Read(EventQuery order, const Filter& filter,
                                                          const QueryRange& range)
{
    std::vector<StoredEvent> found;
    if (filter.MatchesNothing() || range.limit <= 0) return found;
    if (!filter.search) {
        const auto rows = Ask(order, filter, range);
        return rows ? EventsOf(*rows) : Result<std::vector<StoredEvent>>{rows.error()};
    }
    auto room = range.bytes;
    const auto searched =
        Search(order, filter, {.limit = 0, .now = range.now, .after = range.after}, [&](Hit hit) {
            if (room == 0) hit.event.json = {};
            room -= std::min(room, hit.event.json.size());
            found.push_back(std::move(hit.event));
            return std::ssize(found) < range.limit;
        });
    if (!searched) return searched.error();
    return found;
}

Result<std::vector<StoredEvent>> PostgresEventStore::Find(const Filter& filter,
                                                          const FindLimits& limits,
                                                          std::int64_t now)
{
    return Read(EventQuery::kNewest, filter,
                {.limit = limits.events, .now = now, .bytes = limits.bytes});
}

Result<std::int64_t> PostgresEventStore::Count(const Filter& filter, std::int64_t most,
                                               std::int64_t now)
{
    if (filter.MatchesNothing()) return 0;
    if (filter.search) {
        const auto found = Find(filter, {most, 0}, now);
        if (!found) return found.error();
        return std::ssize(*found);
    }
    const auto rows = Ask(EventQuery::kCount, filter, {.limit = most, .now = now});
    if (!rows) return rows.error();
    return rows->Number(0, 0);
}

Result<std::vector<std::string>> PostgresEventStore::Authors(const Filter& filter,
                                                             std::int64_t most, std::int64_t now)
{
    std::vector<std::string> authors;
    if (filter.MatchesNothing()) return authors;
    if (filter.search) {
        const auto searched = Search(EventQuery::kNewest, filter, {.now = now}, [&](Hit hit) {
            authors.emplace_back(hit.pubkey);
            return std::ssize(authors) < most;
        });
        if (!searched) return searched.error();
        return authors;
    }
    const auto rows = Ask(EventQuery::kAuthors, filter, {.limit = most, .now = now});
    if (!rows) return rows.error();
    for (int row = 0; row < rows->count(); ++row) authors.emplace_back(rows->Bytes(row, 0));
    return authors;
}

Result<std::vector<EventKey>> PostgresEventStore::Keys(const Filter& filter, std::int64_t most,
                                                       std::int64_t now)
{
    std::vector<EventKey> keys;
    if (filter.MatchesNothing()) return keys;
    if (filter.search) {
        const auto found = Find(filter, {most + 1, 0}, now);
        if (!found) return found.error();
        for (const auto& event : *found) keys.push_back({event.created_at, event.id});
    } else {
        const auto rows = Ask(EventQuery::kKeys, filter, {.limit = most + 1, .now = now});
        if (!rows) return rows.error();
        for (int row = 0; row < rows->count(); ++row) {
            keys.push_back({rows->Number(row, 0), std::string{rows->Bytes(row, 1)}});
        }
    }
    if (static_cast<std::int64_t>(keys.size()) > most) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY", "More events match than may be compared.");
    }
    std::ranges::sort(keys);
    return keys;
}

Result<std::vector<StoredEvent>> PostgresEventStore::Page(const Filter& filter,
                                                          const EventKey& after, std::int64_t most)
{
    auto page = Read(EventQuery::kOldest, filter, {.limit = most, .now = kAnyTime, .after = after});
    if (page) EndAtLeftOut(*page);
    return page;
}

Result<std::int64_t> PostgresEventStore::Remove(const Filter& filter, std::int64_t most)
{
    if (filter.MatchesNothing()) return 0;
    auto doomed = filter;
    if (filter.search) {
        const auto found = Find(filter, {most, 0}, kAnyTime);
        if (!found) return found.error();
        if (found->empty()) return 0;
        doomed.search.reset();
        doomed.ids.emplace();
        for (const auto& event : *found) doomed.ids->push_back(ToHex(event.id));
    }
    const auto rows = writing_.RunPrepared(
        EventStatement(EventQuery::kRemove, doomed, {.limit = most, .now = kAnyTime}));
    if (!rows) return rows.error();
    return rows->Number(0, 0);
}

Result<void> PostgresEventStore::PutRecord(const std::string& collection, const std::string& key,
                                           const std::string& json)
{
    const auto rows = writing_.RunPrepared(
        {kPutRecord, {SqlValue::Text(collection), SqlValue::Text(key), SqlValue::Text(json)}});
    if (!rows) return rows.error();
    return {};
}

Result<void> PostgresEventStore::EraseRecord(const std::string& collection, const std::string& key)
{
    const auto rows =
        writing_.RunPrepared({kEraseRecord, {SqlValue::Text(collection), SqlValue::Text(key)}});
    if (!rows) return rows.error();
    return {};
}

Result<bool> PostgresEventStore::SwapRecord(const std::string& collection, const std::string& key,
                                            const std::optional<std::string>& before,
                                            const std::optional<std::string>& after)
{
    if (!before && !after) {
        const auto there = LoadRecord(collection, key);
        if (!there) return there.error();
        return !there->has_value();
    }
    std::vector<SqlValue> values{SqlValue::Text(collection), SqlValue::Text(key)};
    if (before) values.push_back(SqlValue::Text(*before));
    if (after) values.push_back(SqlValue::Text(*after));
    const auto* query = !before ? kAddRecord : !after ? kDropRecord : kSwapRecord;
    const auto rows = writing_.RunPrepared({query, std::move(values)});
    if (!rows) return rows.error();
    return rows->count() > 0;
}

Result<std::optional<std::string>> PostgresEventStore::LoadRecord(const std::string& collection,
                                                                  const std::string& key)
{
    const auto rows =
        reading_.Read({kLoadRecord, {SqlValue::Text(collection), SqlValue::Text(key)}});
    if (!rows) return rows.error();
    if (rows->count() == 0) return std::optional<std::string>{};
    return std::optional{std::string{rows->Bytes(0, 0)}};
}

Result<std::vector<Record>> PostgresEventStore::LoadRecords(const std::string& collection)
{
    const auto rows = reading_.Read({kLoadRecords, {SqlValue::Text(collection)}});
    if (!rows) return rows.error();
    std::vector<Record> records;
    for (int row = 0; row < rows->count(); ++row) {
        records.push_back({std::string{rows->Bytes(row, 0)}, std::string{rows->Bytes(row, 1)}});
    }
    return records;
}

Result<std::int64_t> PostgresEventStore::RemoveExpired(std::int64_t now)
{
    const auto rows = writing_.Run({kRemoveExpired, {SqlValue::Number(now)}});
    if (!rows) return rows.error();
    return rows->Number(0, 0);
}

Result<StoreFigures> PostgresEventStore::Measure()
{
    const auto rows = reading_.Run({kMeasure, {}});
    if (!rows) return rows.error();
    return StoreFigures{rows->Number(0, 0), rows->Number(0, 1)};
}

Result<KindCensus> PostgresEventStore::CountKinds(std::int64_t most)
{
    const auto whole = Measure();
    if (!whole) return whole.error();
    auto parts = kWhole;
    if (whole->events > most) {
        parts = std::max<std::int64_t>(1, most * kWhole / whole->events);
    }
    const auto rows = reading_.Run({kCountKinds, {SqlValue::Number(parts)}});
    if (!rows) return rows.error();
    KindCensus census;
    for (int row = 0; row < rows->count(); ++row) {
        census.kinds.push_back({.kind = static_cast<int>(rows->Number(row, 0)),
                                .events = rows->Number(row, 1),
                                .bytes = rows->Number(row, 2)});
    }
    if (parts == kWhole) return census;
    return Extrapolated(std::move(census),
                        static_cast<double>(kWhole) / static_cast<double>(parts));
}

Result<void> PostgresEventStore::Compact()
{
    for (const auto* command : kVacuum) {
        if (const auto done = writing_.RunScript(command); !done) return done.error();
    }
    return {};
}

}  // namespace berth::relay
