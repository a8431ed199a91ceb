#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/command_runner.hpp"

namespace berth::akash {

/// Which programs to run, for which wallet, against which chain. `home`, `keyring_backend` and
/// `from` are needed by the signing half and the provider gateway only.
struct AkashPrograms {
    std::string akash = "akash";
    std::string provider_services = "provider-services";
    std::string home;
    std::string keyring_backend = "test";
    std::string from;  ///< Name of the wallet's key in the keyring.
    std::string chain_id;
    std::vector<std::string> nodes;   ///< RPC URLs, tried in turn; at least one.
    std::string gas_price = "0.025";  ///< Decimal, in `gas_denom` per unit of gas.
    std::string gas_denom = "uakt";
    int gas_adjustment_percent = 150;               ///< Of the gas that the simulation used.
    std::string denom = "uact";                     ///< Of prices and deposits.
    std::chrono::milliseconds query_limit{15'000};  ///< Of one query of one node.
    std::chrono::milliseconds broadcast_limit{20'000};
    std::chrono::milliseconds gateway_limit{30'000};  ///< Of one call of a provider.
};

}  // namespace berth::akash
