#include "relay-image/storage/postgres_event_store.hpp"

#include <algorithm>
#include <limits>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/search.hpp"
#include "relay-image/storage/event_rows.hpp"
#include "relay-image/storage/migrations.hpp"
#include "relay-image/storage/write_batch.hpp"

namespace berth::relay {
namespace {

// Plans must not depend on statistics that a fresh table does not have yet: always by index.
constexpr auto kWriterSettings =
    "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan "
    "-c statement_timeout=30s";
constexpr auto kReaderSettings =
    "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_sort=off -c jit=off -c plan_cache_mode=force_generic_plan -c statement_timeout=10s "
    "-c default_transaction_read_only=on";

// The scalar subqueries with LIMIT 1 are probes of an index; EXISTS might become a hash of the
// table. Of several sound versions of an address the newest goes in. Answers come in the order
// given. A row that another relay inserted meanwhile is a duplicate.
constexpr auto kStore = R"sql(
    WITH incoming AS MATERIALIZED (
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::text[],
                             $6::bytea[], $7::bigint[], $8::uuid[], $9::uuid[], $10::uuid[])
            WITH ORDINALITY AS i(id, pubkey, created_at, kind, body, sig, expires_at, address,
                                 id_key, author_key, place)
    ), judged AS MATERIALIZED (
        SELECT i.*, CASE
            WHEN (SELECT 1 FROM events e WHERE e.id = i.id LIMIT 1) IS NOT NULL THEN 1
            WHEN (SELECT 1 FROM event_deletions d
                WHERE d.target = ANY (ARRAY[i.id_key, i.address, i.author_key])
                  AND d.author = i.pubkey AND d.until >= i.created_at LIMIT 1) IS NOT NULL
                THEN 2
            WHEN (SELECT 1 FROM events e WHERE e.address = i.address
                  AND (e.created_at > i.created_at OR (e.created_at = i.created_at AND e.id < i.id))
                  LIMIT 1) IS NOT NULL
                THEN 3
            ELSE 0 END AS verdict
        FROM incoming i
    ), outdated AS MATERIALIZED (
        SELECT place FROM (
            SELECT place, row_number() OVER (PARTITION BY address ORDER BY created_at DESC, id) AS n
            FROM judged WHERE verdict = 0 AND address IS NOT NULL) v
        WHERE n > 1
    ), sound AS MATERIALIZED (
        SELECT * FROM judged WHERE verdict = 0 AND place NOT IN (SELECT place FROM outdated)
    ), inserted AS (
        INSERT INTO events (created_at, expires_at, kind, id, pubkey, sig, address, body)
        SELECT created_at, expires_at, kind, id, pubkey, sig, address, body
        FROM sound ORDER BY place
        ON CONFLICT DO NOTHING
        RETURNING event_no, created_at, kind, id
    ), tagged AS (
        INSERT INTO event_keys (event_no, created_at, kind, tag)
        SELECT n.event_no, n.created_at, n.kind, t.tag
        FROM unnest($11::bytea[], $12::uuid[]) AS t(id, tag) JOIN inserted n USING (id)
    )
    SELECT CASE WHEN j.verdict <> 0 THEN j.verdict
                WHEN j.place IN (SELECT place FROM outdated) THEN 3
                WHEN n.id IS NULL THEN 1 ELSE 0 END
    FROM judged j LEFT JOIN inserted n USING (id) ORDER BY j.place)sql";

constexpr auto kKeepNewest = R"sql(
    WITH gone AS (
        DELETE FROM events old USING unnest($1::uuid[]) AS written(address), events newer
        WHERE old.address = written.address AND newer.address = written.address
          AND (newer.created_at > old.created_at
               OR (newer.created_at = old.created_at AND newer.id < old.id))
        RETURNING old.event_no)
    DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)sql";

// What is asked for takes effect only if the asking event itself was stored.
constexpr auto kNoteDeletions = R"sql(
    INSERT INTO event_deletions (target, author, until)
    SELECT d.target, d.author, max(d.until)
    FROM unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::bytea[]) AS d(target, author, until, by)
    WHERE (SELECT 1 FROM events k WHERE k.id = d.by LIMIT 1) IS NOT NULL
    GROUP BY d.target, d.author
    ON CONFLICT (target, author) DO UPDATE
    SET until = greatest(event_deletions.until, excluded.until))sql";

constexpr auto kDeleteByIds = R"sql(
    WITH gone AS (
        DELETE FROM events e USING unnest($1::bytea[], $2::bytea[], $3::bytea[])
            AS d(id, pubkey, by)
        WHERE e.id = d.id AND e.pubkey = d.pubkey AND e.kind NOT IN (5, 62)
          AND (SELECT 1 FROM events k WHERE k.id = d.by LIMIT 1) IS NOT NULL
        RETURNING e.event_no)
    DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kDeleteByAddresses = R"sql(
    WITH gone AS (
        DELETE FROM events e USING unnest($1::uuid[], $2::bigint[], $3::bytea[])
            AS d(address, until, by)
        WHERE e.address = d.address AND e.created_at <= d.until
          AND (SELECT 1 FROM events k WHERE k.id = d.by LIMIT 1) IS NOT NULL
        RETURNING e.event_no)
    DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kVanish = R"sql(
    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::bytea[])
            AS v(author, reader, until, by)
        WHERE (SELECT 1 FROM events k WHERE k.id = v.by LIMIT 1) IS NOT NULL
    ), doomed AS MATERIALIZED (
        SELECT e.event_no FROM asked v JOIN events e ON e.pubkey = v.author
        WHERE e.created_at <= v.until AND e.kind <> 62
        UNION
        SELECT t.event_no FROM asked v JOIN event_keys t ON t.tag = v.reader
        WHERE t.kind = 1059 AND t.created_at <= v.until
    ), gone AS (
        DELETE FROM events e USING doomed d WHERE e.event_no = d.event_no RETURNING e.event_no)
    DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kRemoveExpired = R"sql(
    WITH expired AS MATERIALIZED (
        SELECT event_no FROM events WHERE expires_at <= $1 ORDER BY expires_at LIMIT 5000
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

constexpr auto kCheck = "SELECT 1 FROM events LIMIT 1";

constexpr auto kPutRecord = R"sql(
    INSERT INTO records (collection, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (collection, name) DO UPDATE SET value = excluded.value)sql";
constexpr auto kEraseRecord = "DELETE FROM records WHERE collection = $1 AND name = $2";
constexpr auto kLoadRecords =
    "SELECT name, value FROM records WHERE collection = $1 ORDER BY name COLLATE \"C\"";

constexpr auto kAnyTime = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSearchPage = 500;     ///< Events looked at in one go.
constexpr std::int64_t kMaxSearched = 20000;  ///< Then a search ends with what it has.

void AddPart(const std::vector<EventPtr>& part, std::vector<Statement>& statements)
{
    const EventRows rows{part};
    statements.push_back({kStore, rows.Columns()});
    if (!rows.written_addresses().empty()) {
        statements.push_back({kKeepNewest, {SqlValue::Uuids(rows.written_addresses())}});
    }
    const DeletionRows deletions{part};
    if (deletions.empty()) return;
    statements.push_back({kNoteDeletions, deletions.Targets()});
    statements.push_back({kDeleteByIds, deletions.Ids()});
    statements.push_back({kDeleteByAddresses, deletions.Addresses()});
    if (deletions.vanishes()) statements.push_back({kVanish, deletions.Vanished()});
}

/// The verdicts of the parts, from the answers to all statements.
std::vector<Verdict> VerdictsOf(const std::vector<Statement>& statements,
                                const std::vector<Rows>& answers)
{
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (statements[i].sql != kStore) continue;
        for (int row = 0; row < answers[i].count(); ++row) {
            verdicts.push_back(static_cast<Verdict>(answers[i].Number(row, 0)));
        }
    }
    return verdicts;
}

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
    const auto event =
        nostr::ParseEvent(stored.json, {.bytes = stored.json.size()}, nostr::EventSyntax::kNip01);
    return event && HoldsWords(event->content, search);
}

/// The 32 bytes of who wrote a stored event: second in its JSON.
std::string AuthorOf(const StoredEvent& stored)
{
    constexpr auto kStart = std::string_view{R"({"id":"","pubkey":")"}.size() + 64;
    return *FromHex(stored.json.substr(kStart, 64));
}

}  // namespace

PostgresEventStore::PostgresEventStore(Secret url)
    : writing_{url, kWriterSettings}, reading_{std::move(url), kReaderSettings}
{
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
    std::vector<Statement> statements;
    for (const auto& part : batch.parts()) AddPart(part, statements);
    const auto answers = writing_.RunTransaction(statements);
    if (!answers) return answers.error();
    return batch.Merge(VerdictsOf(statements, *answers));
}

Result<Rows> PostgresEventStore::Ask(EventQuery query, const Filter& filter,
                                     const QueryRange& range)
{
    return reading_.RunPrepared(EventStatement(query, filter, range));
}

Result<std::vector<StoredEvent>> PostgresEventStore::Search(EventQuery order, const Filter& filter,
                                                            QueryRange range)
{
    const auto wanted = static_cast<std::size_t>(range.limit);
    std::vector<StoredEvent> found;
    range.limit = std::max(range.limit, kSearchPage);
    for (std::int64_t searched = 0; searched < kMaxSearched; searched += range.limit) {
        const auto rows = Ask(order, filter, range);
        if (!rows) return rows.error();
        for (auto& event : EventsOf(*rows)) {
            range.after = EventKey{event.created_at, event.id};
            if (ContentHolds(event, *filter.search)) found.push_back(std::move(event));
            if (found.size() == wanted) return found;
        }
        if (rows->count() < range.limit) break;
    }
    return found;
}

Result<std::vector<StoredEvent>> PostgresEventStore::Read(EventQuery order, const Filter& filter,
                                                          const QueryRange& range)
{
    if (filter.MatchesNothing() || range.limit <= 0) return std::vector<StoredEvent>{};
    if (filter.search) return Search(order, filter, range);
    const auto rows = Ask(order, filter, range);
    if (!rows) return rows.error();
    return EventsOf(*rows);
}

Result<std::vector<StoredEvent>> PostgresEventStore::Find(const Filter& filter, std::int64_t limit,
                                                          std::int64_t now)
{
    return Read(EventQuery::kNewest, filter, {.limit = limit, .now = now});
}

Result<std::int64_t> PostgresEventStore::Count(const Filter& filter, std::int64_t most,
                                               std::int64_t now)
{
    if (filter.MatchesNothing()) return 0;
    if (filter.search) {
        const auto found = Find(filter, most, now);
        if (!found) return found.error();
        return static_cast<std::int64_t>(found->size());
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
        const auto found = Find(filter, most, now);
        if (!found) return found.error();
        for (const auto& event : *found) authors.push_back(AuthorOf(event));
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
        const auto found = Find(filter, most + 1, now);
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
    return Read(EventQuery::kOldest, filter, {.limit = most, .now = kAnyTime, .after = after});
}

Result<std::int64_t> PostgresEventStore::Remove(const Filter& filter, std::int64_t most)
{
    if (filter.MatchesNothing()) return 0;
    auto doomed = filter;
    if (filter.search) {
        const auto found = Find(filter, most, kAnyTime);
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

Result<std::vector<Record>> PostgresEventStore::LoadRecords(const std::string& collection)
{
    const auto rows = reading_.RunPrepared({kLoadRecords, {SqlValue::Text(collection)}});
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

}  // namespace berth::relay
