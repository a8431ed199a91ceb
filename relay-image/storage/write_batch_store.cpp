#include "relay-image/storage/write_batch_store.hpp"

#include "relay-image/storage/event_rows.hpp"

namespace berth::relay {
namespace {

// The scalar subqueries with LIMIT 1 are probes of an index; EXISTS might become a hash of the
// table. Of several sound versions of an address the newest goes in. A gift wrap for who vanished
// since is refused as his own events are. Answers come in the order given. A row that another relay
// inserted meanwhile is a duplicate.
constexpr auto kStore = R"sql(
    WITH incoming AS MATERIALIZED (
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::int[], $5::text[],
                             $6::bytea[], $7::bigint[], $8::uuid[], $9::uuid[], $10::uuid[])
            WITH ORDINALITY AS i(id, pubkey, created_at, kind, body, sig, expires_at, address,
                                 id_key, author_key, place)
    ), unreadable AS MATERIALIZED (
        SELECT w.id FROM unnest($13::bytea[], $14::uuid[], $15::bytea[], $16::bigint[])
            AS w(id, reader_key, reader, created_at)
        WHERE (SELECT 1 FROM event_deletions d WHERE d.target = w.reader_key
               AND d.author = w.reader AND d.until >= w.created_at LIMIT 1) IS NOT NULL
    ), judged AS MATERIALIZED (
        SELECT i.*, CASE
            WHEN (SELECT 1 FROM events e WHERE e.id = i.id LIMIT 1) IS NOT NULL THEN 1
            WHEN (SELECT 1 FROM event_deletions d
                WHERE d.target = ANY (ARRAY[i.id_key, i.address, i.author_key])
                  AND d.author = i.pubkey AND d.until >= i.created_at LIMIT 1) IS NOT NULL
                THEN 2
            WHEN i.kind = 1059 AND i.id IN (SELECT id FROM unreadable) THEN 2
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

}  // namespace

std::vector<Statement> WritingStatements(const WriteBatch& batch)
{
    std::vector<Statement> statements;
    for (const auto& part : batch.parts()) AddPart(part, statements);
    return statements;
}

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

}  // namespace berth::relay
