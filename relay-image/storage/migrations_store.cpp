#include <algorithm>
#include <string>
#include <vector>

#include "relay-image/storage/migrations.hpp"
#include "relay-image/storage/schema.hpp"  // Generated from schema/*.sql.

namespace berth::relay {
namespace {

constexpr auto kPrepare = R"sql(
    CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY))sql";
constexpr auto kLock = "SELECT pg_advisory_lock(2186412037)";
constexpr auto kUnlock = "SELECT pg_advisory_unlock(2186412037)";
constexpr auto kIsPrepared = "SELECT (to_regclass('schema_migrations') IS NOT NULL)::int";
constexpr auto kApplied = "SELECT version FROM schema_migrations";
constexpr auto kSetApplied = "INSERT INTO schema_migrations (version) VALUES ($1)";

Result<std::vector<std::string>> Applied(PostgresConnection& connection)
{
    std::vector<std::string> versions;
    const auto prepared = connection.Run({kIsPrepared, {}});
    if (!prepared) return prepared.error();
    if (prepared->Number(0, 0) == 0) return versions;
    const auto rows = connection.Run({kApplied, {}});
    if (!rows) return rows.error();
    for (int row = 0; row < rows->count(); ++row) versions.emplace_back(rows->Bytes(row, 0));
    return versions;
}

bool Lacks(const std::vector<std::string>& applied, const Migration& migration)
{
    return std::ranges::find(applied, migration.version) == applied.end();
}

Result<void> Apply(PostgresConnection& connection, const Migration& migration)
{
    if (const auto begun = connection.RunScript("BEGIN"); !begun) return begun.error();
    auto done = connection.RunScript(migration.sql);
    if (done) {
        const auto noted = connection.Run({kSetApplied, {SqlValue::Text(migration.version)}});
        if (!noted) done = noted.error();
    }
    const auto ended = connection.RunScript(done ? "COMMIT" : "ROLLBACK");
    if (done && !ended) return ended.error();
    return done;
}

Result<void> ApplyMissing(PostgresConnection& connection)
{
    if (auto done = connection.RunScript(kPrepare); !done) return done;
    const auto applied = Applied(connection);
    if (!applied) return applied.error();
    for (const auto& migration : kMigrations) {
        if (!Lacks(*applied, migration)) continue;
        if (auto done = Apply(connection, migration); !done) return done;
    }
    return {};
}

}  // namespace

Result<void> MigrateEvents(PostgresConnection& connection)
{
    const auto applied = Applied(connection);
    if (!applied) return applied.error();
    const auto lacks = [&](const auto& migration) { return Lacks(*applied, migration); };
    if (std::ranges::none_of(kMigrations, lacks)) return {};
    if (const auto locked = connection.RunScript(kLock); !locked) return locked.error();
    const auto done = ApplyMissing(connection);
    const auto unlocked = connection.RunScript(kUnlock);
    if (done && !unlocked) return unlocked.error();
    return done;
}

}  // namespace berth::relay
