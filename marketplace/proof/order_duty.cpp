#include "marketplace/proof/order_duty.hpp"

#include "core/base/assert.hpp"
#include "core/base/failpoint.hpp"
#include "marketplace/orders/order_changes.hpp"
#include "marketplace/orders/steps.hpp"

namespace berth::proof {

Result<orders::OrderRow> OrderDuty::Read(const queue::Job& job)
{
    return parts_.database.Transact<orders::OrderRow>(
        [&](pqxx::work& tx) -> Result<orders::OrderRow> {
            auto order = orders::FindOrder(tx, job.order_id);
            if (!order) return Fail(ErrorCode::kInternal, "ORDER_GONE", "The job's order is gone.");
            return std::move(*order);
        });
}

Result<queue::DutyOutcome> OrderDuty::Change(const queue::Job& job, const Work& work)
{
    return parts_.database.Transact<Outcome>([&](pqxx::work& tx) -> Result<Outcome> {
        auto order = orders::LockWithHold(tx, job.customer_id, job.order_id);
        auto held = queue::LockHeld(tx, job);
        if (!order || !held) return Outcome::Recorded();
        auto outcome = work(tx, *order, *held, parts_.clock.Now());
        Failpoint("market." + job.kind + "." + job.step + ".before_commit");
        return outcome;
    });
}

queue::DutyOutcome OrderDuty::Next(pqxx::work& tx, orders::OrderRow& order, queue::Job& job)
{
    const auto* row = orders::FindStep(job.kind, job.step, orders::StepExecutor::kMarketplace);
    BERTH_ASSERT(row);
    orders::GoOn(tx, Rules(), order, job, *row);
    return Outcome::Recorded();
}

Result<queue::DutyOutcome> OrderDuty::GiveUp(pqxx::work& tx, orders::OrderRow& order,
                                             queue::Job& job, const Error& why, Time now)
{
    const auto ended = orders::GiveUp(tx, order, job, why, now);
    if (!ended) return ended.error();
    return Outcome::Recorded();
}

ledger::Owner OwnerOf(const orders::OrderRow& order)
{
    return {.customer_id = order.customer_id,
            .order_id = order.order_id,
            .operator_id = order.operator_id};
}

ledger::ServicePrice PriceOf(const orders::OrderRow& order)
{
    return {.setup_usd_micros = order.setup_usd_micros,
            .monthly_usd_micros = order.monthly_usd_micros,
            .marketplace_fee_bps = order.plan.marketplace_fee_bps()};
}

}  // namespace berth::proof
