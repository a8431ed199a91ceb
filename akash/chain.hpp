#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::akash {

/// A DecCoin: `amount_e18` is the decimal amount times 10^18 (may be negative in escrow).
struct DecCoin {
    std::string denom;
    money::Amount amount_e18;

    bool operator==(const DecCoin&) const = default;
};
/// `27.018062000000000000` as 27018062000000000000. Errors: kInvalid `BAD_DECIMAL`.
Result<money::Amount> ParseDec18(std::string_view text);
/// The decimal text with 18 places.
std::string FormatDec18(money::Amount amount_e18);

/// A deployment on chain: its owner and the number that the owner chose.
struct DeploymentId {
    std::string owner;
    std::uint64_t dseq = 0;
    bool operator==(const DeploymentId&) const = default;
};

/// A lease, and the bid that it came from.
struct LeaseId {
    std::string owner;
    std::uint64_t dseq = 0;
    std::uint32_t gseq = 1;
    std::uint32_t oseq = 1;
    std::string provider;
    bool operator==(const LeaseId&) const = default;
};

/// What pays for a deployment.
struct EscrowAccount {
    std::string state;           ///< `open`, `closed`, `overdrawn`.
    std::vector<DecCoin> funds;  ///< Left at `settled_at`; lazily settled.
    std::int64_t settled_at = 0;
};

/// A deployment as the chain has it.
struct Deployment {
    DeploymentId id;
    std::string state;     ///< `active`, `closed`.
    std::string hash_hex;  ///< Hash of the manifest version.
    std::int64_t created_at = 0;
    EscrowAccount escrow;
};

/// An offer of a provider on one of our orders.
struct Bid {
    LeaseId id;
    std::string state;  ///< `open`, `active`, `lost`, `closed`.
    DecCoin price;      ///< Per block.
};

/// A lease as the chain has it.
struct Lease {
    LeaseId id;
    std::string state;  ///< `active`, `closed`, `insufficient_funds`, `reclaiming`.
    DecCoin price;      ///< Per block.
    std::int64_t created_at = 0;
    std::int64_t closed_on = 0;
    std::string reason;
    DecCoin withdrawn;
};

/// Where a node stands.
struct ChainStatus {
    std::string chain_id;
    std::int64_t height = 0;
    Time block_time;
    bool catching_up = false;
};

/// What became of a transaction.
struct TxOutcome {
    std::int64_t height = 0;
    std::string codespace;
    int code = 0;  ///< 0: it took effect.
    std::string raw_log;
    std::string signer{};  ///< Address of its first key; empty where the chain shows none.
    /// What was paid for it, by denomination; a transaction that failed may have cost as much.
    std::map<std::string, money::Amount> fee{};
};

/// An account as signing needs it.
struct Account {
    std::string address;
    std::uint64_t number = 0;
    std::uint64_t sequence = 0;
};

/// A provider as it is registered.
struct Provider {
    std::string address;
    std::string host_uri;
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// The reading half: what the chain says. Spends nothing, signs nothing, needs no key. Thread-safe;
/// blocks until `deadline`. Nodes are tried in turn; an answer of a node that is behind what was
/// seen before is refused. Errors of all: kUnavailable `NODE_UNAVAILABLE`, kTimeout `NODE_TIMEOUT`,
/// kInternal `NODE_GARBAGE`.
class ChainReader {
public:
    virtual ~ChainReader() = default;
    virtual Result<ChainStatus> Status(Deadline deadline) = 0;
    /// Nothing where the chain knows no such deployment.
    virtual Result<std::optional<Deployment>> GetDeployment(const DeploymentId& id,
                                                            Deadline deadline) = 0;
    virtual Result<std::vector<Deployment>> ListDeployments(const std::string& owner,
                                                            Deadline deadline) = 0;
    /// Open bids on all orders of the owner, every gseq and oseq.
    virtual Result<std::vector<Bid>> ListOpenBids(const std::string& owner, Deadline deadline) = 0;
    /// Leases of one deployment in every state, every gseq and oseq.
    virtual Result<std::vector<Lease>> ListLeases(const DeploymentId& id, Deadline deadline) = 0;
    /// Nothing where the node does not (yet) know the hash.
    virtual Result<std::optional<TxOutcome>> FindTx(const std::string& hash, Deadline deadline) = 0;
    /// Hash of the transaction in a block that used this sequence of the account; nothing where the
    /// node knows none (yet).
    virtual Result<std::optional<std::string>> FindTxBySequence(const std::string& address,
                                                                std::uint64_t sequence,
                                                                Deadline deadline) = 0;
    /// Balance of one denomination in its smallest unit.
    virtual Result<money::Amount> Balance(const std::string& address, const std::string& denom,
                                          Deadline deadline) = 0;
    /// Nothing where the account is not on chain.
    virtual Result<std::optional<Account>> GetAccount(const std::string& address,
                                                      Deadline deadline) = 0;
    /// The least deposit of a deployment in each denomination that the chain takes one in.
    virtual Result<std::map<std::string, money::Amount>> DepositMinimums(Deadline deadline) = 0;
    virtual Result<Provider> GetProvider(const std::string& address, Deadline deadline) = 0;
};

}  // namespace berth::akash
