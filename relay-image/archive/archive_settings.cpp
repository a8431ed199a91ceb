#include "relay-image/archive/archive_settings.hpp"

#include "relay-image/archive/bucket_place.hpp"
#include "relay-image/backup/backup_settings.hpp"

namespace berth::relay {
namespace {

using config::Type;

constexpr config::Setting kSettings[] = {
    {"relay.archive_after", Type::kDuration, "30d", "age at which events are archived"},
    {"relay.archive_every", Type::kDuration, "1h", "time between looks for such events", 1000},
    {"relay.archive_endpoint", Type::kText, "", "https:// address of an S3-compatible service"},
    {"relay.archive_region", Type::kText, "us-east-1", "its region"},
    {"relay.archive_bucket", Type::kText, "", "bucket for old events; none: no archive there"},
    {"relay.archive_prefix", Type::kText, "", "before every name in the bucket"},
    {"relay.archive_access_key", Type::kText, "", "id of the key to the bucket"},
    {"relay.archive_secret_key_file", Type::kSecretFile, "", "file with the key to the bucket"},
    {"relay.archive_bundler", Type::kText, "",
     "address that takes data items for Arweave by POST, in place of a bucket"},
    {"relay.archive_gateway", Type::kText, "https://arweave.net", "where they are read"},
    {"relay.archive_signing_key_file", Type::kSecretFile, "",
     "file with 64 hex digits: signs data items (Ed25519)"},
    {"relay.archive_key_file", Type::kSecretFile, "",
     "file with 64 hex digits: encrypts the archive; without it it is in the clear"},
};

std::chrono::seconds Seconds(const config::Config& config, const char* key)
{
    return std::chrono::floor<std::chrono::seconds>(config.Duration(key));
}

Result<std::optional<ArweaveSettings>> ReadArweave(const config::Config& config)
{
    const auto& bundler = config.Text("relay.archive_bundler");
    const auto& gateway = config.Text("relay.archive_gateway");
    if (bundler.empty()) return std::optional<ArweaveSettings>{};
    if (!bundler.starts_with("http") || !gateway.starts_with("http")) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    "relay.archive_bundler and relay.archive_gateway are https:// addresses.");
    }
    auto key = DataItemKey::Parse(config.SecretOf("relay.archive_signing_key_file"));
    if (!key) return key.error();
    return std::optional{ArweaveSettings{bundler, gateway, std::move(*key)}};
}

}  // namespace

std::span<const config::Setting> DeclaredArchiveSettings() { return kSettings; }

Result<std::optional<ArchiveSettings>> ReadArchiveSettings(const config::Config& config)
{
    auto bucket = ReadBucket(config, "archive");
    if (!bucket) return bucket.error();
    auto arweave = ReadArweave(config);
    if (!arweave) return arweave.error();
    if (!*bucket && !*arweave) return std::optional<ArchiveSettings>{};
    if (*bucket && *arweave) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    "relay.archive_bucket and relay.archive_bundler: one archive has one place.");
    }
    ArchiveSettings settings{.after = Seconds(config, "relay.archive_after"),
                             .every = Seconds(config, "relay.archive_every"),
                             .bucket = std::move(*bucket),
                             .arweave = std::move(*arweave),
                             .key = {}};
    if (const auto& secret = config.SecretOf("relay.archive_key_file"); !secret.empty()) {
        auto key = BackupKey::Parse(secret);
        if (!key) return key.error();
        settings.key = std::move(*key);
    }
    return std::optional{std::move(settings)};
}

std::unique_ptr<ArchivePlace> MakePlace(const ArchiveSettings& settings)
{
    if (settings.arweave) return std::make_unique<ArweavePlace>(*settings.arweave);
    return std::make_unique<BucketPlace>(std::make_unique<S3ObjectStore>(*settings.bucket));
}

}  // namespace berth::relay
