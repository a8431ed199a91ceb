#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace berth::db {

/// A file of migrations/, as it was when the program was built.
struct Migration {
    std::string name;  ///< `0002_create_orders`; the digits in front are its version.
    std::string text;

    std::string Version() const { return name.substr(0, name.find('_')); }
};

/// All of them, by version.
const std::vector<Migration>& EmbeddedMigrations();

/// The SQL between `-- migrate:up` and `-- migrate:down` or the end, as dbmate reads its files.
/// Errors: kInvalid `BAD_MIGRATION` where there is no such mark.
Result<std::string> UpPart(std::string_view text);

/// A migration and whether the database has it.
struct MigrationState {
    std::string name;
    bool applied = false;
};

/// Applies what is missing, each file in a transaction of its own, under an advisory lock: several
/// programs may start at once. Keeps dbmate's table `schema_migrations`. Returns the names applied.
/// Errors: kUnavailable `DATABASE_UNAVAILABLE`; kInternal `MIGRATION_FAILED`; kInvalid
/// `BAD_MIGRATION`.
Result<std::vector<std::string>> Migrate(const std::string& url);

/// Which migrations the database has. Changes nothing. Errors: kUnavailable `DATABASE_UNAVAILABLE`.
Result<std::vector<MigrationState>> MigrationStatus(const std::string& url);

}  // namespace berth::db
