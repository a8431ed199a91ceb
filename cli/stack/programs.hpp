#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/stack/akash_network.hpp"
#include "cli/stack/bind.hpp"
#include "cli/stack/layout.hpp"
#include "cli/stack/pebble.hpp"

namespace berth::stack {

/// Settings of a program by their dotted keys.
using Config = std::map<std::string, std::string>;

/// Who is who in a private world.
struct Parties {
    std::string admin;  ///< Public keys, hex.
    std::string finance;
    std::vector<std::string> operators;
    std::string xrpl_account;  ///< Where channels pay to.
    std::string wallet;        ///< Address of the first operator's wallet.
};

/// The zones of the name server.
std::vector<Zone> PrivateZones();

/// Configurations of our programs, so that they find each other.
Config XrplSandboxConfig(const Layout& layout);
Config AkashSandboxConfig(const Layout& layout, const Parties& parties,
                          std::chrono::milliseconds block_time,
                          const std::filesystem::path& postgres_folder);
Config MarketplaceConfig(const Layout& layout, const Parties& parties, const Pebble& pebble,
                         const std::string& database_url);
Config WorkerConfig(const Layout& layout, const Bind& bind, const Pebble& pebble,
                    const std::filesystem::path& edge_socket);
/// What of both follows from the chain, on top of the rest.
Config MarketplaceConfig(const AkashNetwork& network);
Config WorkerConfig(const AkashNetwork& network);

}  // namespace berth::stack
