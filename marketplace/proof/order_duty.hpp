#pragma once

#include <functional>
#include <string>

#include "akash/block_pace.hpp"
#include "akash/chain.hpp"
#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/probe/relay_probe.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/ledger/books.hpp"
#include "marketplace/orders/catalogue.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/progress.hpp"
#include "marketplace/queue/executor.hpp"

namespace berth::proof {

/// What the duties work with. References have to outlive them.
struct Parts {
    db::Database& database;
    orders::Catalogue& catalogue;
    akash::ChainReader& chain;
    akash::BlockPace& pace;
    probe::RelayProbe& probe;
    const Clock& clock;
    Log& log;
    const orders::Settings& orders;
    const queue::Settings& queue;
};

/// A duty for an order: reads the world without a transaction, then changes order, books and job in
/// one, fenced by the job's epoch.
class OrderDuty : public queue::Duty {
public:
    explicit OrderDuty(const Parts& parts) : parts_{parts} {}

protected:
    using Outcome = queue::DutyOutcome;
    /// Changes an order under lock and says what becomes of the job; it sees only jobs still held.
    using Work = std::function<Result<Outcome>(pqxx::work& tx, orders::OrderRow& order,
                                               queue::Job& job, Time now)>;

    /// Reads the job's order. Errors: kInternal `ORDER_GONE`; those of Database.
    Result<orders::OrderRow> Read(const queue::Job& job);
    /// Runs `work` with channel, order and job under lock. A job that was lost changes nothing.
    Result<Outcome> Change(const queue::Job& job, const Work& work);
    /// Ends or advances the job after this duty's step.
    Outcome Next(pqxx::work& tx, orders::OrderRow& order, queue::Job& job);
    /// The order cannot be carried out.
    Result<Outcome> GiveUp(pqxx::work& tx, orders::OrderRow& order, queue::Job& job,
                           const Error& why, Time now);
    orders::ProgressRules Rules() const { return {.orders = parts_.orders, .queue = parts_.queue}; }

    const Parts parts_;
};

/// Whose books an order's entries belong to.
ledger::Owner OwnerOf(const orders::OrderRow& order);
/// What an order's service costs its customer.
ledger::ServicePrice PriceOf(const orders::OrderRow& order);

}  // namespace berth::proof
