#include "relay-image/backup/backup_settings.hpp"

#include "relay-image/governance/records.hpp"
#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

using config::Type;

constexpr config::Setting kSettings[] = {
    {"relay.backup_endpoint", Type::kText, "", "https:// address of an S3-compatible service"},
    {"relay.backup_region", Type::kText, "us-east-1", "its region"},
    {"relay.backup_bucket", Type::kText, "", "bucket for backups; none: no backups"},
    {"relay.backup_prefix", Type::kText, "", "before every name in the bucket"},
    {"relay.backup_access_key", Type::kText, "", "id of the key to the bucket"},
    {"relay.backup_secret_key_file", Type::kSecretFile, "", "file with the key to the bucket"},
    {"relay.backup_key_file", Type::kSecretFile, "", "file with 64 hex digits: encrypts backups"},
    {"relay.backup_every", Type::kDuration, "0s", "time between backups; 0s: only when asked for"},
};

bool IsHttp(const std::string& address)
{
    return address.starts_with("https://") || address.starts_with("http://");
}

}  // namespace

std::span<const config::Setting> DeclaredBackupSettings() { return kSettings; }

Result<std::optional<S3Settings>> ReadBucket(const config::Config& config, const std::string& what)
{
    const auto name = [&](const char* part) { return "relay." + what + "_" + part; };
    S3Settings bucket{.endpoint = config.Text(name("endpoint")),
                      .region = config.Text(name("region")),
                      .bucket = config.Text(name("bucket")),
                      .prefix = config.Text(name("prefix")),
                      .access_key = config.Text(name("access_key")),
                      .secret_key = config.SecretOf(name("secret_key_file"))};
    if (bucket.bucket.empty()) return std::optional<S3Settings>{};
    if (!IsHttp(bucket.endpoint)) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                    name("endpoint") + ": \"" + bucket.endpoint + "\" is no https:// address.");
    }
    if (bucket.access_key.empty() || bucket.secret_key.empty()) {
        return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                    name("access_key") + " and " + name("secret_key_file") + " are needed.");
    }
    return std::optional{std::move(bucket)};
}

Result<std::optional<BackupSettings>> ReadBackupSettings(const config::Config& config)
{
    auto bucket = ReadBucket(config, "backup");
    if (!bucket) return bucket.error();
    if (!*bucket) return std::optional<BackupSettings>{};
    auto key = BackupKey::Parse(config.SecretOf("relay.backup_key_file"));
    if (!key) return key.error();
    return std::optional{BackupSettings{
        .bucket = std::move(**bucket),
        .key = std::move(*key),
        .every = std::chrono::floor<std::chrono::seconds>(config.Duration("relay.backup_every"))}};
}

std::vector<std::string> BackedUpCollections()
{
    std::vector<std::string> all;
    for (const auto name :
         {collection::kBannedPubkeys, collection::kBannedEvents, collection::kAllowedEvents,
          collection::kBlocked, collection::kMembers, collection::kRoles, collection::kInvites,
          collection::kGrants, collection::kKinds, collection::kSettings, collection::kAudit,
          collection::kPaymentAccounts, collection::kPaymentChannels}) {
        all.emplace_back(name);
    }
    return all;
}

}  // namespace berth::relay
