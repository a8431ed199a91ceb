#include "relay-image/relay_settings.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "core/nostr/keys.hpp"
#include "relay-image/governance/address_range.hpp"

namespace berth::relay {
namespace {

using config::Setting;
using config::Type;

constexpr Setting kSettings[] = {
    {"relay.ready_file", Type::kText, "", "written with host:port once the relay serves"},
    {"relay.dashboard_password_file", Type::kSecretFile, "", "file with the dashboard's password"},
    {"relay.self_key_file", Type::kSecretFile, "", "file with the relay's own secret key"},
    {"relay.announce", Type::kBool, "false", "tell of the relay by an event of its own (NIP-66)"},
    {"relay.restricted_reads", Type::kBool, "false", "serve members only"},
    {"relay.public_metrics", Type::kBool, "false", "/metrics asks for no password"},
    {"relay.dashboard_addresses", Type::kList, "", "addresses or networks that may see it"},
    {"relay.name", Type::kText, "berth-relay", "name shown to clients"},
    {"relay.description", Type::kText, "", "what the relay is for"},
    {"relay.pubkey", Type::kText, "", "owner's public key, hex or npub"},
    {"relay.contact", Type::kText, "", "how to reach the owner"},
    {"relay.icon", Type::kText, "", "address of a square picture"},
    {"relay.banner", Type::kText, "", "address of a wide picture"},
    {"relay.terms_of_service", Type::kText, "", "address of the terms of service"},
    {"relay.url", Type::kText, "", "wss:// address that clients use; NIP-42 events must name it"},
    {"relay.auth_required", Type::kBool, "false", "serve only clients that authenticate (NIP-42)"},
    {"relay.restricted_writes", Type::kBool, "false", "take events of allowed writers only"},
    {"relay.allowed_writers", Type::kList, "", "public keys whose events are always accepted"},
    {"relay.reader_threads", Type::kInteger, "2", "threads that read the database", 1, 64},
    {"relay.hot_megabytes", Type::kInteger, "160", "newest events kept in memory", 1, 65536},
    {"relay.max_message_bytes", Type::kInteger, "131072", "of one message", 1024, 16777216},
    {"relay.max_subscriptions", Type::kInteger, "64", "on one connection", 1, 100000},
    {"relay.max_filters", Type::kInteger, "16", "in one REQ", 1, 1000},
    {"relay.max_filter_bytes", Type::kInteger, "4194304", "that one connection's filters take",
     1024, 1LL << 40},
    {"relay.max_limit", Type::kInteger, "500", "stored events for one filter", 1, 100000},
    {"relay.max_subid_length", Type::kInteger, "64", "characters", 1, 1024},
    {"relay.max_event_tags", Type::kInteger, "2000", "tags of one event", 1, 100000},
    {"relay.max_content_length", Type::kInteger, "65536", "characters of content", 1, 16777216},
    {"relay.created_at_lower_limit", Type::kInteger, "0", "seconds of age, 0 for any", 0},
    {"relay.created_at_upper_limit", Type::kInteger, "900", "seconds ahead of the clock", 0},
    {"relay.min_pow_difficulty", Type::kInteger, "0", "bits of work an event must show", 0, 256},
    {"relay.max_sync_events", Type::kInteger, "200000", "events of one NIP-77 sync", 1, 10000000},
    {"relay.sync_idle_seconds", Type::kInteger, "60", "a NIP-77 sync waits so long", 1, 3600},
};

Limits ReadLimits(const config::Config& config)
{
    const auto count = [&](std::string_view key) {
        return static_cast<std::size_t>(config.Integer(key));
    };
    return {.max_message_bytes = count("relay.max_message_bytes"),
            .max_subscriptions = count("relay.max_subscriptions"),
            .max_filters = count("relay.max_filters"),
            .max_limit = config.Integer("relay.max_limit"),
            .max_subid_length = count("relay.max_subid_length"),
            .max_event_tags = count("relay.max_event_tags"),
            .max_content_length = count("relay.max_content_length"),
            .created_at_lower_limit = config.Integer("relay.created_at_lower_limit"),
            .created_at_upper_limit = config.Integer("relay.created_at_upper_limit"),
            .min_pow_difficulty = config.Integer("relay.min_pow_difficulty"),
            .max_sync_events = config.Integer("relay.max_sync_events"),
            .sync_idle_seconds = config.Integer("relay.sync_idle_seconds"),
            .max_filter_bytes = count("relay.max_filter_bytes")};
}

Result<RelayProfile> ReadProfile(const config::Config& config)
{
    RelayProfile profile{.name = config.Text("relay.name"),
                         .description = config.Text("relay.description"),
                         .pubkey = {},
                         .self = {},
                         .contact = config.Text("relay.contact"),
                         .icon = config.Text("relay.icon"),
                         .banner = config.Text("relay.banner"),
                         .terms_of_service = config.Text("relay.terms_of_service"),
                         .url = config.Text("relay.url"),
                         .auth_required = config.Bool("relay.auth_required"),
                         .restricted_writes = config.Bool("relay.restricted_writes")};
    if (config.Text("relay.pubkey").empty()) return profile;
    const auto pubkey = nostr::ParsePubkey(config.Text("relay.pubkey"));
    if (!pubkey)
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", "relay.pubkey is no public key.");
    profile.pubkey = *pubkey;
    return profile;
}

Result<AccessSettings> ReadAccess(const config::Config& config, const RelayProfile& profile)
{
    AccessSettings access{.auth_required = profile.auth_required,
                          .restricted_writes = profile.restricted_writes,
                          .restricted_reads = config.Bool("relay.restricted_reads"),
                          .owner = profile.pubkey,
                          .writers = {}};
    if (!profile.pubkey.empty()) access.writers.insert(profile.pubkey);
    for (const auto& text : config.List("relay.allowed_writers")) {
        const auto pubkey = nostr::ParsePubkey(text);
        if (!pubkey) {
            return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                        "relay.allowed_writers: \"" + text + "\" is no public key.");
        }
        access.writers.insert(*pubkey);
    }
    return access;
}

Result<DashboardGuard::Settings> ReadDashboard(const config::Config& config)
{
    DashboardGuard::Settings dashboard;
    const auto secret = config.SecretOf("relay.dashboard_password_file");
    if (!secret.empty()) {
        const auto hash = PasswordHash::Of(secret);
        if (!hash) return hash.error();
        dashboard.password = *hash;
    }
    for (const auto& text : config.List("relay.dashboard_addresses")) {
        const auto range = CanonicalRange(text);
        if (!range) {
            return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                        "relay.dashboard_addresses: \"" + text + "\" is no address or network.");
        }
        dashboard.addresses.insert(*range);
    }
    return dashboard;
}

}  // namespace

std::span<const Setting> DeclaredSettings()
{
    static const auto all = [] {
        std::vector<Setting> table;
        for (const auto& part :
             {std::span<const Setting>{kSettings}, DeclaredStorageSettings(),
              DeclaredFanoutSettings(), DeclaredRetentionSettings(), DeclaredBackupSettings(),
              DeclaredArchiveSettings(), DeclaredTransportSettings(), DeclaredMirrorSettings(),
              PaymentSettingsTable()}) {
            table.insert(table.end(), part.begin(), part.end());
        }
        return table;
    }();
    return all;
}

Result<RelaySettings> ReadSettings(const config::Config& config)
{
    const auto profile = ReadProfile(config);
    if (!profile) return profile.error();
    const auto access = ReadAccess(config, *profile);
    if (!access) return access.error();
    const auto dashboard = ReadDashboard(config);
    if (!dashboard) return dashboard.error();
    auto transport = ReadTransportSettings(config);
    if (!transport) return transport.error();
    auto mirrors = ReadMirrorSettings(config);
    if (!mirrors) return mirrors.error();
    auto payment = ReadPaymentSettings(config, profile->pubkey, profile->url);
    if (!payment) return payment.error();
    std::optional<nostr::SecretKey> self_key;
    if (const auto& secret = config.SecretOf("relay.self_key_file"); !secret.empty()) {
        const auto key = nostr::SecretKey::Parse(secret.Expose());
        if (!key) return key.error();
        self_key = *key;
    }
    auto backup = ReadBackupSettings(config);
    if (!backup) return backup.error();
    auto archive = ReadArchiveSettings(config);
    if (!archive) return archive.error();
    const auto retention = ReadRetentionSettings(config);
    if (!retention) return retention.error();
    const auto storage = ReadStorageSettings(config);
    if (!storage) return storage.error();
    auto fanout = ReadFanoutSettings(config, storage->is_postgres());
    if (!fanout) return fanout.error();
    RelaySettings settings{
        .transport = std::move(*transport),
        .ready_file = config.Text("relay.ready_file"),
        .storage = *storage,
        .fanout = std::move(*fanout),
        .retention = *retention,
        .backup = std::move(*backup),
        .archive = std::move(*archive),
        .dashboard = *dashboard,
        .profile = *profile,
        .limits = ReadLimits(config),
        .access = *access,
        .reader_threads = static_cast<int>(config.Integer("relay.reader_threads")),
        .mirrors = std::move(*mirrors),
        .payment = std::move(*payment),
        .self_key = self_key,
        .announce = config.Bool("relay.announce"),
        .public_metrics = config.Bool("relay.public_metrics"),
        .hot_bytes = static_cast<std::size_t>(config.Integer("relay.hot_megabytes")) << 20};
    auto& pending = settings.transport.max_pending_output;
    pending = std::max(pending, 2 * settings.limits.max_message_bytes);
    if (settings.announce && (!self_key || settings.profile.url.empty())) {
        return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                    "relay.announce needs relay.self_key_file and relay.url.");
    }
    if (self_key) settings.profile.self = self_key->pubkey();
    settings.profile.retention = RetentionDocument(*retention);
    const auto& paywall = settings.payment.paywall;
    if (paywall.fees.Any()) {
        settings.profile.fees = boost::json::serialize(FeesDocument(paywall.fees));
        settings.profile.payments_url = paywall.payments_url;
    }
    return settings;
}

}  // namespace berth::relay
