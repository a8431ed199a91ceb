#include "marketplace/db/migrations.hpp"

#include <set>

#include <pqxx/pqxx>

namespace berth::db {
namespace {

constexpr auto kLock = "SELECT pg_advisory_lock(4711240001)";
constexpr auto kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version VARCHAR(128) PRIMARY KEY)";
constexpr auto kTableExists = "SELECT to_regclass('schema_migrations') IS NOT NULL";
constexpr auto kApplied = "SELECT version FROM schema_migrations";
constexpr auto kRecord = "INSERT INTO schema_migrations (version) VALUES ($1)";

std::set<std::string> AppliedVersions(pqxx::transaction_base& tx)
{
    std::set<std::string> versions;
    for (const auto& row : tx.exec(kApplied)) versions.insert(row[0].as<std::string>());
    return versions;
}

void Apply(pqxx::connection& connection, const Migration& migration, const std::string& sql)
{
    pqxx::work tx{connection};
    tx.exec(sql);
    tx.exec_params(kRecord, migration.Version());
    tx.commit();
}

Error Unavailable(const std::exception& failure)
{
    return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE", failure.what());
}

}  // namespace

Result<std::string> UpPart(std::string_view text)
{
    constexpr std::string_view kUp = "-- migrate:up";
    const auto up = text.find(kUp);
    if (up == std::string_view::npos) {
        return Fail(ErrorCode::kInvalid, "BAD_MIGRATION", "A migration has no `-- migrate:up`.");
    }
    const auto begin = up + kUp.size();
    const auto down = text.find("-- migrate:down", begin);
    return std::string{text.substr(begin, down == std::string_view::npos ? down : down - begin)};
}

Result<std::vector<std::string>> Migrate(const std::string& url)
try {
    pqxx::connection connection{url};
    pqxx::nontransaction session{connection};
    session.exec(kLock);  // Held until the connection ends.
    session.exec(kCreateTable);
    const auto applied = AppliedVersions(session);
    session.commit();
    std::vector<std::string> names;
    for (const auto& migration : EmbeddedMigrations()) {
        if (applied.contains(migration.Version())) continue;
        const auto sql = UpPart(migration.text);
        if (!sql) return sql.error();
        Apply(connection, migration, *sql);
        names.push_back(migration.name);
    }
    return names;
} catch (const pqxx::sql_error& failure) {
    return Fail(ErrorCode::kInternal, "MIGRATION_FAILED", failure.what());
} catch (const pqxx::failure& failure) {
    return Unavailable(failure);
}

Result<std::vector<MigrationState>> MigrationStatus(const std::string& url)
try {
    pqxx::connection connection{url};
    pqxx::work tx{connection};
    std::set<std::string> applied;
    if (tx.exec1(kTableExists)[0].as<bool>()) applied = AppliedVersions(tx);
    std::vector<MigrationState> states;
    for (const auto& migration : EmbeddedMigrations()) {
        states.push_back({migration.name, applied.contains(migration.Version())});
    }
    return states;
} catch (const pqxx::failure& failure) {
    return Unavailable(failure);
}

}  // namespace berth::db
