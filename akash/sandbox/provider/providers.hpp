#pragma once

#include <set>

#include "akash/sandbox/chain/chain.hpp"

namespace berth::sandbox {

/// One provider of the network and how it behaves.
struct ProviderProfile {
    std::string name;  ///< Its names are `*.ingress.NAME.akash.test`.
    std::string address;
    Amount usd_micros_per_month;  ///< Of any deployment; converted by the block time.
    bool bids = true;
    int bid_after_blocks = 1;
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// The providers of every sandbox: three that bid, one that never does, one that is dear.
std::vector<ProviderProfile> DefaultProviders();

/// How providers misbehave on command.
struct ProviderFaults {
    bool no_bids = false;
    bool no_withdrawals = false;  ///< Spent escrows stay unsettled.
    int extra_bid_blocks = 0;
    std::set<std::string> down;     ///< Names of providers that cannot be reached.
    std::set<std::string> hanging;  ///< Names of providers that never answer.
    std::set<std::string> failing;  ///< Names of providers that answer 500 to a manifest.
};

/// Where a provider's gateway is reached, as the chain has it.
std::string HostUri(const ProviderProfile& provider);

/// Price per block in 10^-18 uact of a monthly price: real time, whatever the block time.
Amount PricePerBlock(Amount usd_micros_per_month, std::chrono::milliseconds block_time);

/// What the providers do in the next block: bids on open orders, withdrawals from spent escrows.
std::vector<boost::json::object> ProviderMoves(const Chain& chain,
                                               const std::vector<ProviderProfile>& providers,
                                               const ProviderFaults& faults,
                                               std::chrono::milliseconds block_time);

/// What puts the providers and their money on a new chain.
std::vector<boost::json::object> ProviderGenesis(const std::vector<ProviderProfile>& providers);

}  // namespace berth::sandbox
