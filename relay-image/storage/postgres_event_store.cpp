#include "relay-image/storage/postgres_event_store.hpp"

#include <map>
#include <set>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/event_rows.hpp"
#include "relay-image/storage/migrations.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

// Plans must not depend on statistics that a fresh table does not have yet: always by index.
constexpr auto kWriterSettings = "-c enable_seqscan=off -c jit=off -c statement_timeout=30s";
constexpr auto kReaderSettings =
    "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c jit=off -c statement_timeout=10s -c default_transaction_read_only=on";

// The scalar subqueries with LIMIT 1 are probes of an index; EXISTS might become a hash of the
// table. Answers come in the order given. A row that another relay inserted meanwhile is a
// duplicate.
constexpr auto kStore = R"sql(
    WITH incoming AS MATERIALIZED (
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::text[],
                             $6::bytea[], $7::bigint[], $8::bytea[], $9::bytea[]) WITH ORDINALITY
            AS i(id, pubkey, created_at, kind, body, sig, expires_at, address, id_tag, place)
    ), judged AS MATERIALIZED (
        SELECT i.*, CASE
            WHEN (SELECT 1 FROM events e WHERE e.id = i.id LIMIT 1) IS NOT NULL THEN 1
            WHEN i.kind <> 5 AND (SELECT 1 FROM event_tags t WHERE t.tag = i.id_tag AND t.kind = 5
                AND i.pubkey = (SELECT d.pubkey FROM events d WHERE d.event_no = t.event_no)
                LIMIT 1) IS NOT NULL
                THEN 2
            WHEN (SELECT 1 FROM event_tags t
                WHERE t.tag = '\x61'::bytea || i.address AND t.kind = 5
                  AND t.created_at >= i.created_at
                  AND i.pubkey = (SELECT d.pubkey FROM events d WHERE d.event_no = t.event_no)
                LIMIT 1) IS NOT NULL
                THEN 2
            WHEN (SELECT 1 FROM events e WHERE e.address = i.address
                  AND (e.created_at > i.created_at OR (e.created_at = i.created_at AND e.id < i.id))
                  LIMIT 1) IS NOT NULL
                THEN 3
            ELSE 0 END AS verdict
        FROM incoming i
    ), inserted AS (
        INSERT INTO events (created_at, expires_at, kind, id, pubkey, sig, address, body)
        SELECT created_at, expires_at, kind, id, pubkey, sig, address, body
        FROM judged WHERE verdict = 0 ORDER BY place
        ON CONFLICT DO NOTHING
        RETURNING event_no, created_at, kind, id
    ), tagged AS (
        INSERT INTO event_tags (event_no, created_at, kind, tag)
        SELECT n.event_no, n.created_at, n.kind, t.tag
        FROM unnest($10::bytea[], $11::bytea[]) AS t(id, tag) JOIN inserted n USING (id)
    )
    SELECT CASE WHEN j.verdict = 0 AND n.id IS NULL THEN 1 ELSE j.verdict END
    FROM judged j LEFT JOIN inserted n USING (id) ORDER BY j.place)sql";

constexpr auto kKeepNewest = R"sql(
    WITH gone AS (
        DELETE FROM events old USING unnest($1::bytea[]) AS written(address), events newer
        WHERE old.address = written.address AND newer.address = written.address
          AND (newer.created_at > old.created_at
               OR (newer.created_at = old.created_at AND newer.id < old.id))
        RETURNING old.event_no)
    DELETE FROM event_tags t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kDeleteByIds = R"sql(
    WITH gone AS (
        DELETE FROM events e USING unnest($1::bytea[], $2::bytea[]) AS d(id, pubkey)
        WHERE e.id = d.id AND e.pubkey = d.pubkey AND e.kind <> 5
        RETURNING e.event_no)
    DELETE FROM event_tags t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kDeleteByAddresses = R"sql(
    WITH gone AS (
        DELETE FROM events e USING unnest($1::bytea[], $2::bigint[]) AS d(address, until)
        WHERE e.address = d.address AND e.created_at <= d.until
        RETURNING e.event_no)
    DELETE FROM event_tags t USING gone WHERE t.event_no = gone.event_no)sql";

constexpr auto kRemoveExpired = R"sql(
    WITH expired AS MATERIALIZED (
        SELECT event_no FROM events WHERE expires_at <= $1 ORDER BY expires_at LIMIT 5000
    ), gone AS (
        DELETE FROM events e USING expired x WHERE e.event_no = x.event_no RETURNING e.event_no
    ), untagged AS (
        DELETE FROM event_tags t USING gone WHERE t.event_no = gone.event_no)
    SELECT count(*) FROM gone)sql";

constexpr auto kMeasure = R"sql(
    SELECT CASE WHEN reltuples < 1000000 THEN (SELECT count(*) FROM events)
                ELSE reltuples::bigint END,
           pg_database_size(current_database())
    FROM pg_class WHERE oid = 'events'::regclass)sql";

constexpr auto kCheck = "SELECT 1 FROM events LIMIT 1";

// What a path's index has not settled. $2 kinds, $3 authors, $4 since, $5 until, $6 now, $8 keys of
// further tags, $9 how many different tags these are. NULL means any.
#define BERTH_EVENT_FITS                                                                        \
    "($2::int[] IS NULL OR e.kind = ANY($2)) AND ($3::bytea[] IS NULL OR e.pubkey = ANY($3))"   \
    " AND e.created_at BETWEEN $4 AND $5 AND (e.expires_at IS NULL OR e.expires_at > $6)"       \
    " AND ($9::bigint = 0 OR $9 = (SELECT count(DISTINCT get_byte(t.tag, 0)) FROM event_tags t" \
    " WHERE t.event_no = e.event_no AND t.tag = ANY($8::bytea[])))"
#define BERTH_EVENT_COLUMNS "e.id, e.pubkey, e.created_at, e.kind, e.body, e.sig"
#define BERTH_NEWEST_FIRST " ORDER BY e.created_at DESC, e.id LIMIT $7"

// One statement an access path; each walks its index newest first and stops at the limit.
constexpr auto kFindByIds =
    "SELECT " BERTH_EVENT_COLUMNS
    " FROM events e WHERE e.id = ANY($1::bytea[]) AND " BERTH_EVENT_FITS BERTH_NEWEST_FIRST;

// OFFSET 0 keeps the planner from starting at the events: the tag's index has to lead.
constexpr auto kFindByTag =
    "SELECT DISTINCT ON (e.created_at, e.id) " BERTH_EVENT_COLUMNS
    " FROM unnest($1::bytea[]) AS wanted(tag) CROSS JOIN LATERAL ("
    "SELECT e.* FROM event_tags w CROSS JOIN LATERAL ("
    "SELECT * FROM events e WHERE e.event_no = w.event_no AND " BERTH_EVENT_FITS
    " OFFSET 0) e"
    " WHERE w.tag = wanted.tag AND w.created_at BETWEEN $4 AND $5"
    " AND ($2::int[] IS NULL OR w.kind = ANY($2))"
    " ORDER BY w.created_at DESC, e.id LIMIT $7) e" BERTH_NEWEST_FIRST;

constexpr auto kFindByAuthorAndKind =
    "SELECT " BERTH_EVENT_COLUMNS
    " FROM unnest($1::bytea[]) AS wanted(pubkey) CROSS JOIN unnest($2::int[]) AS sort(kind)"
    " CROSS JOIN LATERAL (SELECT e.* FROM events e WHERE e.pubkey = wanted.pubkey"
    " AND e.kind = sort.kind AND " BERTH_EVENT_FITS BERTH_NEWEST_FIRST ") e" BERTH_NEWEST_FIRST;

constexpr auto kFindByAuthor =
    "SELECT " BERTH_EVENT_COLUMNS
    " FROM unnest($1::bytea[]) AS wanted(pubkey) CROSS JOIN LATERAL (SELECT e.* FROM events e"
    " WHERE e.pubkey = wanted.pubkey AND " BERTH_EVENT_FITS BERTH_NEWEST_FIRST
    ") e" BERTH_NEWEST_FIRST;

constexpr auto kFindByKind =
    "SELECT " BERTH_EVENT_COLUMNS
    " FROM unnest($2::int[]) AS wanted(kind) CROSS JOIN LATERAL (SELECT e.* FROM events e"
    " WHERE e.kind = wanted.kind AND " BERTH_EVENT_FITS BERTH_NEWEST_FIRST ") e" BERTH_NEWEST_FIRST;

constexpr auto kFindByTime =
    "SELECT " BERTH_EVENT_COLUMNS " FROM events e WHERE " BERTH_EVENT_FITS BERTH_NEWEST_FIRST;

using Blobs = std::vector<std::optional<std::string>>;

Blobs FromHexes(const std::vector<std::string>& hexes)
{
    Blobs blobs;
    for (const auto& hex : hexes) blobs.push_back(FromHex(hex));
    return blobs;
}

Blobs KeysOf(const TagCondition& condition)
{
    Blobs keys;
    for (const auto& value : condition.values) keys.push_back(TagKey(condition.name, value));
    return keys;
}

/// The access path that reads least, with its driving values as $1.
Statement ChoosePath(const Filter& filter)
{
    if (filter.ids) return {kFindByIds, {SqlValue::Blobs(FromHexes(*filter.ids))}};
    if (!filter.tags.empty()) return {kFindByTag, {SqlValue::Blobs(KeysOf(filter.tags.front()))}};
    if (!filter.authors) return {filter.kinds ? kFindByKind : kFindByTime, {SqlValue::NoBlobs()}};
    return {filter.kinds ? kFindByAuthorAndKind : kFindByAuthor,
            {SqlValue::Blobs(FromHexes(*filter.authors))}};
}

Statement FindStatement(const Filter& filter, std::int64_t limit, std::int64_t now)
{
    auto statement = ChoosePath(filter);
    Blobs further;
    const std::size_t driven = filter.ids || filter.tags.empty() ? 0 : 1;
    for (std::size_t i = driven; i < filter.tags.size(); ++i) {
        const auto keys = KeysOf(filter.tags[i]);
        further.insert(further.end(), keys.begin(), keys.end());
    }
    const auto further_tags = static_cast<std::int64_t>(filter.tags.size() - driven);
    auto& values = statement.values;
    values.push_back(SqlValue::Kinds(filter.kinds));
    values.push_back(filter.authors ? SqlValue::Blobs(FromHexes(*filter.authors))
                                    : SqlValue::NoBlobs());
    for (const auto number : {filter.since, filter.until, now, limit}) {
        values.push_back(SqlValue::Number(number));
    }
    values.push_back(SqlValue::Blobs(further));
    values.push_back(SqlValue::Number(further_tags));
    return statement;
}

/// Which of a batch go to the database: each id once, and the newest for an address.
class Batch {
public:
    explicit Batch(std::span<const EventPtr> events) : verdicts_(events.size(), Verdict::kStored)
    {
        for (std::size_t i = 0; i < events.size(); ++i) Place(events, i);
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (verdicts_[i] != Verdict::kStored) continue;
            chosen_.push_back(events[i]);
            places_.push_back(i);
        }
    }
    const std::vector<EventPtr>& chosen() const { return chosen_; }
    std::vector<Verdict> Merge(const Rows& answers)
    {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            verdicts_[places_[i]] = static_cast<Verdict>(answers.Number(static_cast<int>(i), 0));
        }
        return std::move(verdicts_);
    }

private:
    void Place(std::span<const EventPtr> events, std::size_t i)
    {
        const auto& event = events[i]->event;
        if (!ids_.insert(event.id).second) {
            verdicts_[i] = Verdict::kDuplicate;
            return;
        }
        const auto address = AddressOf(event);
        if (!address) return;
        const auto [newest, first] = newest_.try_emplace(*address, i);
        if (first) return;
        auto loser = i;
        if (Replaces(event, events[newest->second]->event)) std::swap(loser, newest->second);
        verdicts_[loser] = Verdict::kOutdated;
    }

    std::vector<Verdict> verdicts_;
    std::vector<EventPtr> chosen_;
    std::vector<std::size_t> places_;
    std::set<std::string_view> ids_;
    std::map<std::string, std::size_t> newest_;
};

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
    Batch batch{events};
    const EventRows rows{batch.chosen()};
    const DeletionRows deletions{batch.chosen()};
    std::vector<Statement> statements{{kStore, rows.Columns()}};
    if (!rows.written_addresses().empty()) {
        statements.push_back({kKeepNewest, {SqlValue::Blobs(rows.written_addresses())}});
    }
    if (!deletions.empty()) {
        statements.push_back({kDeleteByIds, deletions.IdColumns()});
        statements.push_back({kDeleteByAddresses, deletions.AddressColumns()});
    }
    const auto answers = writing_.RunTransaction(statements);
    if (!answers) return answers.error();
    return batch.Merge(*answers);
}

Result<std::vector<StoredEvent>> PostgresEventStore::Find(const Filter& filter, std::int64_t limit,
                                                          std::int64_t now)
{
    const auto rows = reading_.Run(FindStatement(filter, limit, now));
    if (!rows) return rows.error();
    std::vector<StoredEvent> events;
    events.reserve(static_cast<std::size_t>(rows->count()));
    for (int row = 0; row < rows->count(); ++row) events.push_back(EventOfRow(*rows, row));
    return events;
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
