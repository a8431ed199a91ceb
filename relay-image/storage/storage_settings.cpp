#include "relay-image/storage/storage_settings.hpp"

#include "relay-image/storage/lmdb_event_store.hpp"
#include "relay-image/storage/postgres_event_store.hpp"

namespace berth::relay {
namespace {

using config::Type;

constexpr config::Setting kSettings[] = {
    {"relay.storage", Type::kText, "postgres",
     "postgres, or lmdb: events in a folder of this process"},
    {"relay.database_url_file", Type::kSecretFile, "", "file with the postgresql:// address"},
    {"relay.lmdb_folder", Type::kText, "", "where lmdb keeps its files"},
};

}  // namespace

std::span<const config::Setting> DeclaredStorageSettings() { return kSettings; }

Result<StorageSettings> ReadStorageSettings(const config::Config& config)
{
    StorageSettings settings{.kind = StorageSettings::Kind::kPostgres,
                             .database_url = config.SecretOf("relay.database_url_file"),
                             .lmdb_folder = config.Text("relay.lmdb_folder")};
    const auto& storage = config.Text("relay.storage");
    if (storage == "lmdb") {
        settings.kind = StorageSettings::Kind::kLmdb;
        if (!settings.lmdb_folder.empty()) return settings;
        return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                    "relay.lmdb_folder is needed where relay.storage is lmdb.");
    }
    if (storage != "postgres") {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    "relay.storage: \"" + storage + "\" is neither postgres nor lmdb.");
    }
    if (!settings.database_url.empty()) return settings;
    return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                "BERTH_RELAY_DATABASE_URL or relay.database_url_file is needed.");
}

EventStoreFactory MakeStoreFactory(const StorageSettings& settings, PeerWatch* peers)
{
    if (settings.kind == StorageSettings::Kind::kPostgres) {
        return [url = settings.database_url, peers] {
            return std::make_unique<PostgresEventStore>(url, peers);
        };
    }
    return [environment = std::make_shared<LmdbEnvironment>(settings.lmdb_folder)] {
        return std::make_unique<LmdbEventStore>(environment);
    };
}

}  // namespace berth::relay
