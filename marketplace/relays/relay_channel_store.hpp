#pragma once

#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "core/money/amount.hpp"
#include "marketplace/relays/relay_store.hpp"

namespace berth::relays {

/// A channel of one of a relay's users.
struct RelayChannelKey {
    std::string customer_id;
    std::string order_id;
    std::string rail;
    std::string channel_id;
};

/// A row of `relay_channels`: accepted = baseline + credited.
struct RelayChannelRow {
    RelayChannelKey key;
    std::string network;
    std::string asset;
    std::string public_key;
    money::Amount capacity{};
    money::Amount redeemed{};
    money::Amount accepted{};
    money::Amount baseline{};
    money::Amount credited{};
    std::uint64_t nonce = 0;
    std::int64_t observed_ledger = 0;
};

/// Reads and locks a channel for the rest of the transaction.
std::optional<RelayChannelRow> LockRelayChannel(pqxx::work& tx, const RelayChannelKey& key);
/// Nothing happens where it is there already.
void InsertRelayChannel(pqxx::work& tx, const RelayChannelRow& channel);
/// Writes what may change of a locked channel.
void SaveRelayChannel(pqxx::work& tx, const RelayChannelRow& channel);

/// A row of `relay_claims`.
struct RelayClaimRow {
    RelayChannelKey channel;
    money::Amount cumulative{};
    std::uint64_t nonce = 0;
    money::Amount credited{};
    money::Amount accepted_before{};
    std::string signature{};
    std::string author{};
    std::string event_id{};
};

void InsertRelayClaim(pqxx::work& tx, const RelayClaimRow& claim);
/// The accepted claim of this amount and nonce; nothing where there is no such claim.
std::optional<RelayClaimRow> FindRelayClaim(pqxx::transaction_base& tx,
                                            const RelayChannelKey& channel,
                                            money::Amount cumulative, std::uint64_t nonce);

}  // namespace berth::relays
