#pragma once

#include <string>
#include <vector>

#include "akash/chain.hpp"

namespace berth::akash {

/// Where an ordered transaction stands among the account's others. The caller assigns the sequence
/// beforehand and remembers it; only one transaction can ever use it.
struct OrderedPlace {
    std::uint64_t sequence = 0;
    std::int64_t timeout_height = 0;  ///< The last block that may hold it.
};

/// A transaction that is signed and not sent: stored before it is broadcast, sent again as it is.
struct SignedTransaction {
    std::string json;  ///< What `tx broadcast` takes.
    std::string hash;  ///< Upper-case hex.
    Time timeout;      ///< It cannot land after this block time; of an ordered one an estimate.
    money::Amount fee_uakt;
    std::optional<OrderedPlace> place;  ///< Unset: unordered.
};

/// What a node said to a broadcast. Code 0 means only that it went into the mempool.
struct BroadcastAnswer {
    std::string hash;
    std::string codespace;
    int code = 0;
    std::string raw_log;
};

/// The signing half: holds the key of one wallet through the CLI's keyring. Thread-safe; the caller
/// makes sure that only the holder of the wallet's lease calls it.
class TransactionSigner {
public:
    virtual ~TransactionSigner() = default;
    /// Address of the wallet. Errors: kPrecondition `KEY_MISSING`.
    virtual Result<std::string> Address(Deadline deadline) = 0;
    /// Merges the messages (Cosmos JSON with `@type`) into one transaction: unordered with a unique
    /// timeout at most 5 minutes ahead, or at its place among ordered ones. Fee by simulation of
    /// that very body, signed offline. Errors: kPrecondition `SIMULATION_FAILED` (message names
    /// codespace, code and text), `INSUFFICIENT_FUNDS`, `UNORDERED_REFUSED` (it needs a place);
    /// kConflict `SEQUENCE_MISMATCH` (the node expects another one); kUnavailable; kTimeout.
    virtual Result<SignedTransaction> Sign(const std::vector<std::string>& messages,
                                           const std::optional<OrderedPlace>& place,
                                           Deadline deadline) = 0;
    /// Sends the same bytes. A refusal counts only where no node before it may have taken them.
    /// Errors: kUnknown `BROADCAST_UNKNOWN`: look the hash up.
    virtual Result<BroadcastAnswer> Broadcast(const SignedTransaction& transaction,
                                              Deadline deadline) = 0;
};

/// What to do about an error of the chain, from (codespace, code, text): one closed table.
enum class ChainVerdict {
    kLookUp,
    kWait,
    kRefill,
    kRefit,
    kRebuild,
    kUseSequence,  ///< No unordered transactions here.
    kAlreadyDone,
    kFail
};
ChainVerdict Judge(std::string_view codespace, int code, std::string_view text);

/// MsgCreateDeployment as JSON from typed fields; `groups_json` and `hash_hex` from ManifestOf.
std::string CreateDeploymentMessage(const DeploymentId& id, const std::string& groups_json,
                                    const std::string& hash_hex, const std::string& denom,
                                    money::Amount deposit);
std::string CreateLeaseMessage(const LeaseId& id);
std::string CloseDeploymentMessage(const DeploymentId& id);
std::string DepositMessage(const std::string& signer, const DeploymentId& id,
                           const std::string& denom, money::Amount amount);

}  // namespace berth::akash
