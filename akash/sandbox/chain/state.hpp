#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "akash/chain.hpp"

namespace berth::sandbox {

using money::Amount;

/// Amounts by denomination; integers for balances, times 10^18 in escrow.
using Amounts = std::map<std::string, Amount>;

struct AccountState {
    std::uint64_t number = 0;
    std::uint64_t sequence = 0;
    std::string pubkey;  ///< Empty until the first transaction.
    Amounts balances;
};

/// Money that somebody put into an escrow, in the order in which it came.
struct DepositState {
    std::string owner;
    std::int64_t height = 0;
    std::string denom;
    Amount amount_e18;
};

/// An escrow account. Lazily settled: it does not move between two transactions that settle it.
struct EscrowState {
    std::string owner;
    std::string state = "open";
    std::int64_t settled_at = 0;
    Amounts funds_e18;
    Amounts transferred_e18;
    std::vector<DepositState> deposits;
};

/// What a group asks providers for.
struct OrderState {
    std::uint32_t gseq = 1;
    std::uint32_t oseq = 1;
    std::string state = "open";
    std::int64_t created_at = 0;
};

/// Services that one provider has to run together.
struct GroupState {
    std::uint32_t gseq = 1;
    std::string state = "open";
    boost::json::value spec;
    std::int64_t created_at = 0;
};

/// A provider's offer on an order, with the deposit behind it.
struct BidState {
    akash::LeaseId id;
    std::string state = "open";
    akash::DecCoin price;
    std::int64_t created_at = 0;
    EscrowState escrow;
};

struct LeaseState {
    akash::LeaseId id;
    std::string state = "active";
    akash::DecCoin price;
    std::int64_t created_at = 0;
    std::int64_t closed_on = 0;
    std::string reason = "lease_closed_invalid";
    std::string payment_state = "open";
    Amount balance_e18;    ///< Earned and not withdrawn.
    Amount unsettled_e18;  ///< Owed and not covered.
    Amount withdrawn;
};

struct DeploymentState {
    akash::DeploymentId id;
    std::string state = "active";
    std::string hash;  ///< 32 bytes.
    std::int64_t created_at = 0;
    std::vector<GroupState> groups;
    std::vector<OrderState> orders;
    std::vector<BidState> bids;
    std::vector<LeaseState> leases;
    EscrowState escrow;

    GroupState* Group(std::uint32_t gseq);
    OrderState* Order(std::uint32_t gseq, std::uint32_t oseq);
    BidState* Bid(const akash::LeaseId& id);
    LeaseState* Lease(const akash::LeaseId& id);
};

/// A provider as it registered itself.
struct ProviderState {
    std::string address;
    std::string host_uri;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string email = "ops@example.com";
    std::string website = "example.com";
};

/// Everything that transactions change. A value: a transaction works on a copy and is kept or not.
struct ChainState {
    std::map<std::string, AccountState> accounts;
    std::map<std::pair<std::string, std::uint64_t>, DeploymentState> deployments;
    std::map<std::string, ProviderState> providers;
    Amounts supply;  ///< All that was ever put on the chain.
    std::set<std::pair<std::string, std::int64_t>> used_timeouts;  ///< Of unordered transactions.

    AccountState& Account(const std::string& address);
    DeploymentState* Deployment(const akash::DeploymentId& id);
    Amount Balance(const std::string& address, const std::string& denom) const;
    void Add(const std::string& address, const std::string& denom, Amount amount);
};

/// One event of a transaction.
struct Event {
    std::string type;
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// What the chain said to a transaction or message.
struct TxResult {
    std::string codespace;
    int code = 0;
    std::string raw_log;
    std::uint64_t gas_wanted = 0;
    std::uint64_t gas_used = 0;
    std::vector<Event> events;
};

/// Thrown by a message that the chain refuses; caught where the transaction is run.
struct Refusal {
    std::string codespace;
    int code = 1;
    std::string text;
};

}  // namespace berth::sandbox
