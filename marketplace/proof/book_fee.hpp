#pragma once

#include "marketplace/proof/order_duty.hpp"
#include "marketplace/queue/wallet_store.hpp"

namespace berth::proof {

/// Books what a worker's transaction has cost, as the chain shows it: its fee, if the wallet that
/// it was recorded for signed it, shared over the orders whose messages it carried. What the worker
/// told is not believed: a transaction that the chain does not show, or that somebody else signed,
/// costs nothing and stands in the log and in the job's history.
class BookFee final : public OrderDuty {
public:
    using OrderDuty::OrderDuty;
    std::string_view kind() const override { return queue::kFeeJob; }
    std::string_view step() const override { return queue::kFeeStep; }
    Result<Outcome> Run(const queue::Job& job, Deadline deadline) override;

private:
    Result<queue::SettledTransaction> Settled(const queue::Job& job);
    /// Why nothing is booked of what the chain shows; empty where its fee is.
    std::string Objection(const queue::SettledTransaction& settled,
                          const std::optional<akash::TxOutcome>& found);
};

/// A fee in equal shares by order, as many as its messages; what does not divide falls on the
/// first. Pure.
std::map<std::string, money::Amount> SharesOf(money::Amount fee,
                                              const std::vector<std::string>& order_ids);

}  // namespace berth::proof
