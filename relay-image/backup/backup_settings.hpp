#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "relay-image/backup/s3_object_store.hpp"
#include "relay-image/backup/sealing.hpp"

namespace berth::relay {

/// Where backups go, how often, and the key that they are encrypted with.
struct BackupSettings {
    S3Settings bucket;
    BackupKey key;
    std::chrono::seconds every{};  ///< Zero: only when asked for.
};

/// The settings of backups, for config::Load.
std::span<const config::Setting> DeclaredBackupSettings();

/// The bucket of `relay.WHAT_bucket` and its settings beside it; nothing if none is named. Errors:
/// kInvalid `CONFIG_BAD_VALUE`, `CONFIG_MISSING`.
Result<std::optional<S3Settings>> ReadBucket(const config::Config& config, const std::string& what);

/// Nothing if no bucket is named. Errors: kInvalid `CONFIG_BAD_VALUE`, `CONFIG_MISSING`,
/// `BAD_BACKUP_KEY`.
Result<std::optional<BackupSettings>> ReadBackupSettings(const config::Config& config);

/// The collections of records that a backup holds.
std::vector<std::string> BackedUpCollections();

}  // namespace berth::relay
