#include "marketplace/proof/activate.hpp"

#include "marketplace/orders/order_reading.hpp"

namespace berth::proof {

Result<queue::DutyOutcome> Activate::Run(const queue::Job& job, Deadline)
{
    return Change(
        job,
        [](pqxx::work& tx, orders::OrderRow& order, queue::Job& held, Time now) -> Result<Outcome> {
            if (!order.acceptance.accepted() || order.acceptance.prober() != "marketplace") {
                return Fail(ErrorCode::kInternal, "UNPROVEN",
                            "The relay has no accepted report of ours.");
            }
            order.step.clear();
            const auto moved =
                orders::Move(tx, order, v1::ORDER_STATE_ACTIVE,
                             {.kind = "active",
                              .message = "The relay is yours: wss://" + orders::PublicName(order),
                              .details = {{"nonce_event", order.acceptance.nonce_event()}}},
                             now);
            if (!moved) return moved.error();
            queue::Finish(tx, held, "done", "");
            return Outcome::Recorded();
        });
}

}  // namespace berth::proof
