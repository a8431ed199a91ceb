#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "akash/programs.hpp"
#include "core/base/secret.hpp"
#include "core/config/config.hpp"
#include "worker/adapters/grpc_marketplace.hpp"
#include "worker/adapters/haproxy_config.hpp"
#include "worker/adapters/lego_acme.hpp"
#include "worker/adapters/nsupdate_dns.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/wallet/wallet_settings.hpp"

namespace berth::worker {

/// Every setting of berth-worker, for core/config.
std::span<const config::Setting> WorkerSettings();

/// What probes may reach and whom they trust.
struct ProbeSettings {
    std::vector<std::string> allow_networks;
    std::string ca_file;
    std::string issuer;
};

/// The settings by their part of the program.
struct Settings {
    MarketplaceSettings marketplace;
    std::string name;
    std::filesystem::path state_folder;
    std::filesystem::path ready_file;
    Secret operator_key;  ///< Nostr secret key.
    Secret sealing_key;   ///< 64 hex digits.
    std::string resolver;
    int slots = 1;
    akash::AkashPrograms akash;
    int akash_parallel = 1;
    std::chrono::milliseconds bid_window{};
    WalletSettings wallet;
    DnsSettings dns;
    EdgeSettings edge;
    PublicEdge public_edge;
    AcmeSettings acme;
    ProbeSettings probe;
};

/// Errors: kInvalid `CONFIG_BAD_VALUE` for what only the parts together can tell.
Result<Settings> ReadSettings(const config::Config& config);

}  // namespace berth::worker
