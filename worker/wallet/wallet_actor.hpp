#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "akash/block_pace.hpp"
#include "akash/signer.hpp"
#include "core/base/log.hpp"
#include "worker/ports/marketplace.hpp"
#include "worker/wallet/ordered_places.hpp"
#include "worker/wallet/wallet_settings.hpp"

namespace berth::worker {

/// The only one that signs for a wallet: it keeps the wallet's lease at the marketplace, takes the
/// messages that steps asked for, signs, stores the signed bytes there, and only then sends them.
/// Transactions are unordered; where a node refuses that, each has a sequence of the account,
/// stored with its bytes, and the marketplace remembers it for the wallet. Everything it must
/// remember is at the marketplace; a new one goes on where a killed one stopped. For one thread.
class WalletActor {
public:
    /// References must outlive it.
    struct Needs {
        Marketplace& marketplace;
        akash::ChainReader& chain;
        akash::TransactionSigner& signer;
        akash::BlockPace& pace;
        Log& log;
    };
    /// `lease` is how long the marketplace lets a wallet's lease stand without a report.
    WalletActor(const Needs& needs, WalletSettings settings, std::string worker,
                std::chrono::milliseconds lease);

    /// One round: look up what is under way, report, take what is pending, sign and send it. True
    /// if a transaction is under way, so that the next round should come soon.
    Result<bool> Round(Deadline deadline);
    /// Gives the lease back, so that another worker need not wait for its end.
    void Release(Deadline deadline);
    /// True while this process may sign: the lease stands by our own cautious count.
    bool HoldsLease() const { return epoch_ != 0 && !lease_ends_.Passed(); }

private:
    Result<void> Observe(Deadline deadline);
    void ObserveBalances(Deadline deadline);
    Result<std::optional<v1::WalletTransaction>> FateOf(const v1::WalletTransaction& transaction,
                                                        Deadline deadline);
    Result<v1::WalletOrders> Exchange(std::vector<v1::WalletTransaction> news, Deadline deadline);
    /// Forgets what only the holder of the wallet's lease may act on.
    Error LoseLease(const std::string& why);
    Result<akash::SignedTransaction> Sign(const v1::OutboxMessage& message, Deadline deadline);
    Result<akash::SignedTransaction> SignInOrder(const v1::OutboxMessage& message,
                                                 Deadline deadline);
    Result<void> NoteUnorderedRefused(const std::string& why, Deadline deadline);
    Result<void> Resend(Deadline deadline);
    Result<void> SignAndSend(const v1::OutboxMessage& message, Deadline deadline);
    Result<void> Refuse(const v1::OutboxMessage& message, const Error& error, Deadline deadline);
    Result<void> Send(const v1::WalletTransaction& transaction, bool first_time, Deadline deadline);
    Result<void> TakeAnswer(const v1::WalletTransaction& transaction,
                            const akash::BroadcastAnswer& answer, bool first_time,
                            Deadline deadline);

    const Needs needs_;
    const WalletSettings settings_;
    const std::string worker_;
    const std::chrono::milliseconds lease_;

    std::string address_;
    std::uint64_t epoch_ = 0;
    Deadline lease_ends_{Deadline::Steady::time_point{}};
    v1::WalletReport standing_;  ///< Balances, readiness and deployments as last seen.
    Deadline balances_due_{Deadline::Steady::time_point{}};
    std::optional<akash::ChainStatus> status_;
    const OrderedPlaces places_;
    std::vector<v1::WalletTransaction> unresolved_;
    bool ordered_ = false;        ///< The marketplace remembers that nodes refused unordered ones.
    std::set<std::string> sent_;  ///< Hashes that this process has sent.
    std::set<std::uint64_t> alarmed_;
};

}  // namespace berth::worker
