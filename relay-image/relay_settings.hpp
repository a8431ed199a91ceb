#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/secret.hpp"
#include "core/config/config.hpp"
#include "relay-image/archive/archive_settings.hpp"
#include "relay-image/backup/backup_settings.hpp"
#include "relay-image/fanout/fanout_settings.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/mirror/mirror_settings.hpp"
#include "relay-image/payment/payment_settings.hpp"
#include "relay-image/protocol/information.hpp"
#include "relay-image/protocol/limits.hpp"
#include "relay-image/retention/retention_rule.hpp"
#include "relay-image/storage/storage_settings.hpp"
#include "relay-image/transport/transport_settings.hpp"

namespace berth::relay {

/// All that the relay can be told when it starts.
struct RelaySettings {
    TransportSettings transport;
    std::string ready_file;
    StorageSettings storage;
    FanoutSettings fanout;
    RetentionSettings retention;
    std::optional<BackupSettings> backup;
    std::optional<ArchiveSettings> archive;
    DashboardGuard::Settings dashboard;
    RelayProfile profile;
    Limits limits;
    AccessSettings access;
    int reader_threads = 0;
    MirrorSettings mirrors;
    PaymentSettings payment;
    std::optional<nostr::SecretKey> self_key;  ///< The relay signs by it (NIP-43, NIP-66).
    bool announce = false;                     ///< The relay tells of itself by NIP-66.
    bool public_metrics = false;               ///< /metrics asks for no password.
    std::size_t hot_bytes = 0;                 ///< Of the newest events that are kept in memory.
};

/// The table of settings, for config::Load and --help.
std::span<const config::Setting> DeclaredSettings();

/// Errors: kInvalid `CONFIG_BAD_VALUE` (a key that is none, a secret that is missing).
Result<RelaySettings> ReadSettings(const config::Config& config);

}  // namespace berth::relay
