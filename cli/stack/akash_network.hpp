#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/stack/bind.hpp"
#include "cli/stack/layout.hpp"

namespace berth::stack {

/// The chain that a world leases on, and the wallet that pays there.
struct AkashNetwork {
    std::string akash{};  ///< Programs; looked up in PATH where no folder is named.
    std::string provider_services{};
    std::string home{};  ///< Of both programs, with the keyring.
    std::string keyring_backend{"test"};
    std::string from{};  ///< Name of the wallet's key in the keyring.
    std::string chain_id{};
    std::string nodes{};                  ///< RPC URLs with commas between, tried in turn.
    std::string relay_image{};            ///< What the plan deploys; its providers have to find it.
    std::string bid_window{"30s"};        ///< How long bids are collected.
    std::string ingress_port{"443"};      ///< Of the providers.
    std::string ingress_ca_file{};        ///< Empty: the system's issuers.
    std::vector<Forwarder> forwarders{};  ///< Name servers that know the providers' names.
};

/// The stand-in network that the world itself starts.
AkashNetwork PrivateNetwork(const Layout& layout);

/// The network that BERTH_AKASH, BERTH_PROVIDER_SERVICES, BERTH_AKASH_HOME, BERTH_AKASH_NODE,
/// BERTH_AKASH_CHAIN_ID and BERTH_AKASH_FROM name, further BERTH_AKASH_KEYRING_BACKEND (`test`) and
/// BERTH_RELAY_IMAGE; nothing where none of the six is set. BERTH_DNS_FORWARDERS are the name
/// servers that know its providers' names; unset, those of /etc/resolv.conf. Errors: kInvalid
/// `NETWORK_INCOMPLETE` where only some are set, `BAD_FORWARDER`.
Result<std::optional<AkashNetwork>> NetworkOfEnvironment();

}  // namespace berth::stack
