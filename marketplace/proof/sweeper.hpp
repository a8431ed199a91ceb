#pragma once

#include "core/base/rounds.hpp"
#include "marketplace/proof/order_duty.hpp"

namespace berth::proof {

/// What becomes true by the passing of time alone: orders that were never paid are cancelled,
/// orders whose paid time is over are closed, steps that took too long fail, quotes that ended are
/// forgotten. One thread, a few of each at a time; several marketplaces may sweep at once.
class Sweeper {
public:
    explicit Sweeper(const Parts& parts);

    /// One round; also what the thread does. An order that fails is logged, the others go on.
    /// Errors: those of Database.
    Result<void> Sweep();

private:
    using Ended = std::function<Result<void>(pqxx::work& tx, orders::OrderRow& order, Time now)>;

    Result<void> CancelUnpaid();
    Result<void> CloseServed();
    Result<void> EndOverdue();
    void EndOverdueJob(const queue::Job& job);
    Result<void> MeterWithoutWorker();
    Result<void> ForgetEndedQuotes();
    void OnOrder(const std::string& customer_id, const std::string& order_id, const Ended& work);

    const Parts parts_;
    Rounds rounds_;
};

}  // namespace berth::proof
