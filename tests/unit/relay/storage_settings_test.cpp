#include "relay-image/storage/storage_settings.hpp"

#include <gtest/gtest.h>

#include "core/config/load.hpp"

namespace berth::relay {
namespace {

Result<StorageSettings> Read(std::map<std::string, std::string> environment)
{
    const auto loaded = config::Load(
        DeclaredStorageSettings(), {.flags_and_words = {}, .environment = std::move(environment)});
    return ReadStorageSettings(loaded.value().config);
}

TEST(StorageSettingsTest, NeedADatabaseOrAFolder)
{
    const auto postgres = Read({{"BERTH_RELAY_DATABASE_URL", "postgresql://x"}});
    EXPECT_EQ(postgres.value().kind, StorageSettings::Kind::kPostgres);
    EXPECT_EQ(postgres.value().service_name(), "postgresql");
    const auto lmdb = Read({{"BERTH_RELAY_STORAGE", "lmdb"}, {"BERTH_RELAY_LMDB_FOLDER", "/data"}});
    EXPECT_EQ(lmdb.value().kind, StorageSettings::Kind::kLmdb);
    EXPECT_EQ(lmdb.value().lmdb_folder, "/data");
    EXPECT_EQ(lmdb.value().service_name(), "lmdb");
    EXPECT_EQ(Read({}).error().reason, "CONFIG_MISSING");
    EXPECT_EQ(Read({{"BERTH_RELAY_STORAGE", "lmdb"}}).error().reason, "CONFIG_MISSING");
    EXPECT_EQ(Read({{"BERTH_RELAY_STORAGE", "sqlite"}}).error().reason, "CONFIG_BAD_VALUE");
}

}  // namespace
}  // namespace berth::relay
