#pragma once

#include <optional>
#include <vector>

#include "akash/block_pace.hpp"
#include "akash/signer.hpp"
#include "berth/v1/worker_service.pb.h"

namespace berth::worker {

/// Where a node takes no unordered transactions, each takes a sequence of the account beforehand.
/// What is under way is stored at the marketplace with its sequence, so nothing is kept here.
class OrderedPlaces {
public:
    /// References must outlive it.
    OrderedPlaces(akash::ChainReader& chain, const akash::BlockPace& pace)
        : chain_{chain}, pace_{pace}
    {
    }

    /// The first sequence that neither the chain nor a transaction under way has used, ending
    /// within 5 minutes by the measured pace. Errors: those of ChainReader; kPrecondition
    /// `INSUFFICIENT_FUNDS` where the account is not on chain.
    Result<akash::OrderedPlace> Next(const std::string& address, std::int64_t height,
                                     const std::vector<v1::WalletTransaction>& under_way,
                                     Deadline deadline) const;
    /// True where an ordered transaction, which is in no block, can be in none any more: its last
    /// height is well past, or another transaction has used its sequence.
    Result<bool> IsLost(const std::string& address, std::int64_t height,
                        const v1::WalletTransaction& transaction, Deadline deadline) const;

private:
    akash::ChainReader& chain_;
    const akash::BlockPace& pace_;
};

/// The place as stored with a transaction; nothing for an unordered one.
std::optional<akash::OrderedPlace> PlaceOf(const v1::WalletTransaction& transaction);

}  // namespace berth::worker
