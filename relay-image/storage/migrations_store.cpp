#include <string>

#include "relay-image/storage/migrations.hpp"
#include "relay-image/storage/schema.hpp"  // Generated from schema/*.sql.

namespace berth::relay {
namespace {

constexpr auto kPrepare = R"sql(
    CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY))sql";
constexpr auto kLock = "SELECT pg_advisory_lock(2186412037)";
constexpr auto kUnlock = "SELECT pg_advisory_unlock(2186412037)";
constexpr auto kIsApplied = "SELECT 1::bigint FROM schema_migrations WHERE version = $1";
constexpr auto kSetApplied = "INSERT INTO schema_migrations (version) VALUES ($1)";

Result<void> Apply(PostgresConnection& connection, const Migration& migration)
{
    const auto version = SqlValue::Text(migration.version);
    const auto applied = connection.Run({kIsApplied, {version}});
    if (!applied) return applied.error();
    if (applied->count() > 0) return {};
    if (const auto begun = connection.RunScript("BEGIN"); !begun) return begun.error();
    auto done = connection.RunScript(migration.sql);
    if (done) {
        const auto noted = connection.Run({kSetApplied, {version}});
        if (!noted) done = noted.error();
    }
    const auto ended = connection.RunScript(done ? "COMMIT" : "ROLLBACK");
    if (done && !ended) return ended.error();
    return done;
}

}  // namespace

Result<void> MigrateEvents(PostgresConnection& connection)
{
    if (const auto locked = connection.RunScript(kLock); !locked) return locked.error();
    auto done = connection.RunScript(kPrepare);
    for (const auto& migration : kMigrations) {
        if (done) done = Apply(connection, migration);
    }
    const auto unlocked = connection.RunScript(kUnlock);
    if (done && !unlocked) return unlocked.error();
    return done;
}

}  // namespace berth::relay
