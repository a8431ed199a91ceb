#include "relay-image/storage/event_query_store.hpp"

#include <algorithm>
#include <limits>

#include "core/base/encoding.hpp"
#include "relay-image/storage/event_rows.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

// The values of all statements: $1 what drives the path, $2 kinds, $3 authors, $4 since, $5 until,
// $6 now, $7 limit, $8 keys of further tags and $9 which tag each is for, $10 how many these are,
// $11 whose gift wraps, $12 patterns of words, $13 and $14 time and id to go on from, $15 bytes of
// bodies, behind which they are left out. NULL is any.
#define BERTH_FITS                                                                               \
    "($2::int[] IS NULL OR e.kind = ANY($2)) AND ($3::bytea[] IS NULL OR e.pubkey = ANY($3))"    \
    " AND e.created_at BETWEEN $4 AND $5 AND (e.expires_at IS NULL OR e.expires_at > $6)"        \
    " AND ($10::bigint = 0 OR $10 = (SELECT count(DISTINCT f.tag_no)"                            \
    " FROM unnest($8::uuid[], $9::int[]) AS f(tag, tag_no)"                                      \
    " WHERE EXISTS (SELECT FROM event_keys t WHERE t.event_no = e.event_no AND t.tag = f.tag)))" \
    " AND ($11::uuid[] IS NULL OR e.kind <> 1059 OR EXISTS (SELECT FROM event_keys t"            \
    " WHERE t.event_no = e.event_no AND t.tag = ANY($11)))"                                      \
    " AND ($12::text[] IS NULL OR e.body ILIKE ALL ($12))"
#define BERTH_AFTER(compare)                             \
    " AND ($13::bigint IS NULL OR e.created_at " compare \
    " $13"                                               \
    " OR (e.created_at = $13 AND e.id > $14::bytea))"
#define BERTH_ORDER(direction) " ORDER BY e.created_at " direction ", e.id LIMIT $7"
#define BERTH_REST(direction, compare) \
    " AND " BERTH_FITS BERTH_AFTER(compare) BERTH_ORDER(direction)

// The kinds under which an author or a tag has events, one probe of the index for each.
#define BERTH_KINDS_OF(table, column, value)                                         \
    " CROSS JOIN LATERAL (WITH RECURSIVE k(kind) AS ("                               \
    "(SELECT x.kind FROM " table " x WHERE x." column " = " value                    \
    " ORDER BY x.kind LIMIT 1)"                                                      \
    " UNION ALL SELECT (SELECT x.kind FROM " table " x WHERE x." column " = " value  \
    " AND x.kind > k.kind ORDER BY x.kind LIMIT 1) FROM k WHERE k.kind IS NOT NULL)" \
    " SELECT kind FROM k WHERE kind IS NOT NULL) AS sort"
#define BERTH_GIVEN_KINDS " CROSS JOIN unnest($2::int[]) AS sort(kind)"

// LIMIT 1 keeps the planner from walking the events by time and looking each up in the list.
#define BERTH_BY_IDS(direction, compare)                                                        \
    "SELECT e.* FROM unnest($1::bytea[]) AS wanted(id) CROSS JOIN LATERAL ("                    \
    "SELECT * FROM events x WHERE x.id = wanted.id LIMIT 1) e WHERE true" BERTH_REST(direction, \
                                                                                     compare)
#define BERTH_BY_TIME(direction, compare) \
    "SELECT e.* FROM events e WHERE true" BERTH_REST(direction, compare)
#define BERTH_BY_KIND(direction, compare)                                  \
    "SELECT e.* FROM unnest($2::int[]) AS sort(kind) CROSS JOIN LATERAL (" \
    "SELECT e.* FROM events e WHERE e.kind = sort.kind" BERTH_REST(        \
        direction, compare) ") e" BERTH_ORDER(direction)
#define BERTH_BY_AUTHOR(kinds, direction, compare)                                 \
    "SELECT e.* FROM unnest($1::bytea[]) AS wanted(pubkey)" kinds                  \
    " CROSS JOIN LATERAL (SELECT e.* FROM events e WHERE e.pubkey = wanted.pubkey" \
    " AND e.kind = sort.kind" BERTH_REST(direction, compare) ") e" BERTH_ORDER(direction)
// OFFSET 0 keeps the planner from starting at the events: the tag's index has to lead.
#define BERTH_BY_TAG(kinds, direction, compare) \
    "SELECT DISTINCT ON (e.created_at, e.id) e.* FROM unnest($1::uuid[]) AS wanted(tag)" kinds \
    " CROSS JOIN LATERAL (SELECT e.* FROM event_keys w CROSS JOIN LATERAL ("                  \
    "SELECT * FROM events e WHERE e.event_no = w.event_no AND " BERTH_FITS                    \
    BERTH_AFTER(compare) " OFFSET 0) e"                                                       \
    " WHERE w.tag = wanted.tag AND w.kind = sort.kind AND w.created_at BETWEEN $4 AND $5"     \
    " ORDER BY w.created_at " direction ", e.id LIMIT $7) e" BERTH_ORDER(direction)

// clang-format off
#define BERTH_EVENTS(path, direction)                                                        \
    "SELECT e.id, e.pubkey, e.created_at, e.kind, CASE WHEN"                                 \
    " coalesce(sum(octet_length(e.body)) OVER before, 0) < $15 THEN e.body END, e.sig"       \
    " FROM (" path ") e WINDOW before AS (ORDER BY e.created_at " direction ", e.id"         \
    " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
#define BERTH_QUERIES(down, up)                                                              \
    {                                                                                        \
        BERTH_EVENTS(down, "DESC"),                                                          \
        BERTH_EVENTS(up, "ASC"),                                                             \
        "SELECT count(*) FROM (" down ") e",                                                 \
        "SELECT e.pubkey FROM (" down ") e",                                                 \
        "SELECT e.created_at, e.id FROM (" down ") e",                                       \
        "WITH doomed AS MATERIALIZED (" down "), gone AS ("                                  \
        "DELETE FROM events e USING doomed d WHERE e.event_no = d.event_no"                  \
        " RETURNING e.event_no), untagged AS ("                                              \
        "DELETE FROM event_keys t USING gone WHERE t.event_no = gone.event_no)"              \
        " SELECT count(*) FROM gone",                                                        \
    }
#define BERTH_BOTH_WAYS(path) BERTH_QUERIES(path("DESC", "<"), path("ASC", ">"))
#define BERTH_BY_AUTHOR_KIND(direction, compare) \
    BERTH_BY_AUTHOR(BERTH_GIVEN_KINDS, direction, compare)
#define BERTH_BY_ANY_AUTHOR(direction, compare) \
    BERTH_BY_AUTHOR(BERTH_KINDS_OF("events", "pubkey", "wanted.pubkey"), direction, compare)
#define BERTH_BY_TAG_KIND(direction, compare) \
    BERTH_BY_TAG(BERTH_GIVEN_KINDS, direction, compare)
#define BERTH_BY_ANY_TAG(direction, compare) \
    BERTH_BY_TAG(BERTH_KINDS_OF("event_keys", "tag", "wanted.tag"), direction, compare)

enum Path { kIds, kTag, kTagAndKind, kAuthor, kAuthorAndKind, kKind, kTime };

constexpr const char* kStatements[][6] = {
    BERTH_BOTH_WAYS(BERTH_BY_IDS),
    BERTH_BOTH_WAYS(BERTH_BY_ANY_TAG),
    BERTH_BOTH_WAYS(BERTH_BY_TAG_KIND),
    BERTH_BOTH_WAYS(BERTH_BY_ANY_AUTHOR),
    BERTH_BOTH_WAYS(BERTH_BY_AUTHOR_KIND),
    BERTH_BOTH_WAYS(BERTH_BY_KIND),
    BERTH_BOTH_WAYS(BERTH_BY_TIME),
};
// clang-format on

using Blobs = std::vector<std::optional<std::string>>;

Blobs FromHexes(const std::vector<std::string>& hexes)
{
    Blobs blobs;
    for (const auto& hex : hexes) blobs.push_back(FromHex(hex));
    return blobs;
}

Path PathOf(const Filter& filter)
{
    if (filter.ids) return kIds;
    if (!filter.tags.empty()) return filter.kinds ? kTagAndKind : kTag;
    if (filter.authors) return filter.kinds ? kAuthorAndKind : kAuthor;
    return filter.kinds ? kKind : kTime;
}

SqlValue DriverOf(const Filter& filter, Path path)
{
    if (path == kIds) return SqlValue::Blobs(FromHexes(*filter.ids));
    if (path == kAuthor || path == kAuthorAndKind) {
        return SqlValue::Blobs(FromHexes(*filter.authors));
    }
    if (path == kKind || path == kTime) return SqlValue::NoBlobs();
    Blobs keys;
    const auto& condition = filter.tags.front();
    for (const auto& value : condition.values) keys.push_back(KeyOfTag(condition.name, value));
    return SqlValue::Uuids(keys);
}

/// The tags that the path does not settle: keys, tag of each, number of tags.
void AddFurtherTags(const Filter& filter, Path path, std::vector<SqlValue>& values)
{
    Blobs keys;
    std::vector<int> tag_of_key;
    const std::size_t settled = path == kTag || path == kTagAndKind ? 1 : 0;
    for (auto i = settled; i < filter.tags.size(); ++i) {
        for (const auto& value : filter.tags[i].values) {
            keys.push_back(KeyOfTag(filter.tags[i].name, value));
            tag_of_key.push_back(static_cast<int>(i));
        }
    }
    values.push_back(SqlValue::Uuids(keys));
    values.push_back(SqlValue::Kinds(tag_of_key));
    values.push_back(SqlValue::Number(static_cast<std::int64_t>(filter.tags.size() - settled)));
}

SqlValue WrapKeys(const Filter& filter)
{
    if (!filter.wraps_for) return SqlValue::NoUuids();
    Blobs keys;
    for (const auto& reader : *filter.wraps_for) keys.push_back(KeyOfTag('p', reader));
    return SqlValue::Uuids(keys);
}

/// A pattern for each word that is plain ASCII: what PostgreSQL's locale makes of other letters is
/// not for sure, and some of them are a k or an i in lower case.
SqlValue SearchPatterns(const Filter& filter)
{
    std::vector<std::string> patterns;
    std::string pattern = "%";
    for (const char c : filter.search.value_or("") + " ") {
        if (c != ' ') {
            pattern += c == 'k' || c == 'i' || static_cast<unsigned char>(c) >= 0x80 ? '%' : c;
            continue;
        }
        if (pattern.size() > 1) patterns.push_back(pattern + "%");
        pattern.resize(1);
    }
    return patterns.empty() ? SqlValue::NoTexts() : SqlValue::Texts(patterns);
}

}  // namespace

Statement EventStatement(EventQuery query, const Filter& filter, const QueryRange& range)
{
    const auto path = PathOf(filter);
    const bool upwards = query == EventQuery::kOldest;
    auto since = filter.since;
    auto until = filter.until;
    if (range.after && upwards) since = std::max(since, range.after->created_at);
    if (range.after && !upwards) until = std::min(until, range.after->created_at);
    Statement statement{kStatements[path][static_cast<int>(query)], {DriverOf(filter, path)}};
    auto& values = statement.values;
    values.push_back(SqlValue::Kinds(filter.kinds));
    values.push_back(filter.authors ? SqlValue::Blobs(FromHexes(*filter.authors))
                                    : SqlValue::NoBlobs());
    for (const auto number : {since, until, range.now, range.limit}) {
        values.push_back(SqlValue::Number(number));
    }
    AddFurtherTags(filter, path, values);
    values.push_back(WrapKeys(filter));
    values.push_back(SearchPatterns(filter));
    values.push_back(
        SqlValue::Number(range.after ? std::optional{range.after->created_at} : std::nullopt));
    values.push_back(SqlValue::Blob(range.after ? range.after->id : ""));
    if (upwards || query == EventQuery::kNewest) {
        values.push_back(SqlValue::Number(static_cast<std::int64_t>(
            std::min<std::size_t>(range.bytes, std::numeric_limits<std::int64_t>::max()))));
    }
    return statement;
}

}  // namespace berth::relay
