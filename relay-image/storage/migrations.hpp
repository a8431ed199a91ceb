#pragma once

#include "core/base/error.hpp"
#include "relay-image/storage/postgres_connection.hpp"

namespace berth::relay {

/// Applies the embedded migrations that the database has not had yet, each in a transaction, while
/// holding an advisory lock, so that several relays may start at once.
Result<void> MigrateEvents(PostgresConnection& connection);

}  // namespace berth::relay
