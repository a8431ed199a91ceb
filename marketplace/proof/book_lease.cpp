#include "marketplace/proof/book_lease.hpp"

#include "marketplace/orders/order_changes.hpp"
#include "marketplace/orders/steps.hpp"
#include "marketplace/proof/chain_check.hpp"

namespace berth::proof {
namespace {

bool IsServed(const orders::OrderRow& order)
{
    return order.state == v1::ORDER_STATE_ACTIVE || order.state == v1::ORDER_STATE_DEGRADED;
}

void MeterAgain(pqxx::work& tx, const orders::OrderRow& order, queue::Job& job,
                std::chrono::milliseconds interval)
{
    const auto& first = orders::FirstStep(job.kind);
    queue::Advance(tx, job,
                   {.step = std::string{first.step},
                    .operator_id = order.operator_id,
                    .delay = interval,
                    .budget = first.budget});
}

}  // namespace

Result<queue::DutyOutcome> BookLease::Run(const queue::Job& job, Deadline deadline)
{
    const auto read = Read(job);
    if (!read) return read.error();
    const auto reading = ReadLease(parts_.chain, *read, deadline);
    if (!reading) return reading.error();
    const auto& denom = reading->lease.price.denom;
    const auto newest = parts_.catalogue.LastPrice(denom);
    if (!newest) return newest.error();
    const auto price = PriceForLease(denom, *newest);
    if (!price) return price.error();
    parts_.pace.Note(reading->status);
    return Change(
        job,
        [&](pqxx::work& tx, orders::OrderRow& order, queue::Job& held,
            Time now) -> Result<Outcome> {
            if (!IsServed(order)) return Outcome::Finished();
            ledger::AccrueLease(tx, OwnerOf(order), order.dseq,
                                {.asset = denom,
                                 .rate_e18 = reading->lease.price.amount_e18,
                                 .height = reading->lease.closed_on > 0 ? reading->lease.closed_on
                                                                        : reading->status.height,
                                 .snapshot_id = price->snapshot_id,
                                 .price_usd_e8 = price->usd_e8},
                                now);
            ledger::Recognise(tx, OwnerOf(order), PriceOf(order),
                              std::min(now, *order.paid_through));
            if (reading->lease.state != "active") {
                parts_.log.Error("A lease ended by itself.",
                                 {{"order", order.order_id}, {"state", reading->lease.state}});
                const auto ended =
                    orders::End(tx, order,
                                {.reason = orders::kLeaseEnded,
                                 .message = "The provider ended the lease; the relay is closed.",
                                 .details = {{"state", reading->lease.state}}},
                                now);
                if (!ended) return ended.error();
                return Outcome::Finished();
            }
            MeterAgain(tx, order, held, parts_.orders.meter_interval);
            return Outcome::Recorded();
        });
}

}  // namespace berth::proof
