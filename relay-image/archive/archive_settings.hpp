#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>

#include "core/config/config.hpp"
#include "relay-image/archive/arweave_place.hpp"
#include "relay-image/backup/s3_object_store.hpp"
#include "relay-image/backup/sealing.hpp"

namespace berth::relay {

/// Which events are archived, where and how.
struct ArchiveSettings {
    std::chrono::seconds after{};  ///< Events of whole days that are older.
    std::chrono::seconds every{};  ///< Between looks for them.
    std::optional<S3Settings> bucket;
    std::optional<ArweaveSettings> arweave;  ///< Where there is no bucket.
    std::optional<BackupKey> key;            ///< Encrypts the pieces.
};

/// The settings of the archive, for config::Load.
std::span<const config::Setting> DeclaredArchiveSettings();

/// Nothing if neither a bucket nor a bundler is named. Errors: kInvalid `CONFIG_BAD_VALUE`,
/// `CONFIG_MISSING`, `BAD_ARCHIVE_KEY`, `BAD_BACKUP_KEY`.
Result<std::optional<ArchiveSettings>> ReadArchiveSettings(const config::Config& config);

/// The bucket or the bundler of the settings.
std::unique_ptr<ArchivePlace> MakePlace(const ArchiveSettings& settings);

}  // namespace berth::relay
