#pragma once

#include <span>
#include <string>

#include "core/base/secret.hpp"
#include "core/config/config.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

class PeerWatch;

/// Where the relay keeps its events.
struct StorageSettings {
    enum class Kind { kPostgres, kLmdb };

    Kind kind = Kind::kPostgres;
    Secret database_url;      ///< `postgresql://...`, of kPostgres.
    std::string lmdb_folder;  ///< Of kLmdb.

    bool is_postgres() const { return kind == Kind::kPostgres; }
    /// So many write at a time: LMDB takes one, and two keep PostgreSQL busy while one of them
    /// waits for its commit.
    std::size_t writers() const { return is_postgres() ? 2 : 1; }
    /// As /health names it.
    std::string_view service_name() const { return kind == Kind::kLmdb ? "lmdb" : "postgresql"; }
};

/// The settings of storage, for config::Load.
std::span<const config::Setting> DeclaredStorageSettings();

/// Errors: kInvalid `CONFIG_BAD_VALUE`, `CONFIG_MISSING`.
Result<StorageSettings> ReadStorageSettings(const config::Config& config);

/// Makes stores of the chosen kind; all of one factory share one database.
/// `peers`, of a process that serves on PostgreSQL, outlives them.
EventStoreFactory MakeStoreFactory(const StorageSettings& settings, PeerWatch* peers = nullptr);

}  // namespace berth::relay
