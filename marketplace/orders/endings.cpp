#include "marketplace/orders/order_changes.hpp"

#include "marketplace/orders/state_table.hpp"
#include "marketplace/payments/holds.hpp"
#include "marketplace/queue/job_store.hpp"
#include "marketplace/queue/outbox_store.hpp"

namespace berth::orders {
namespace {

constexpr auto kOwed = "What was paid for the time that is left stays owed to you.";

bool Cancels(const std::string& reason)
{
    return reason == "CANCELLED_BY_CUSTOMER" || reason == "UNPAID";
}

/// True when a transaction of the order's provision job was signed: then something may be on chain.
/// What was not is taken back first, so that it is not signed while this is decided.
bool AnySigned(pqxx::work& tx, const OrderRow& order)
{
    const auto subject = "orders/" + order.order_id;
    for (const auto& executor : {order.operator_id, std::string{queue::kMarketplace}}) {
        const auto job = queue::FindOpenJob(tx, executor, subject, "provision");
        if (!job) continue;
        queue::AbandonPending(tx, order.operator_id, job->job_id);
        for (const auto& message : queue::MessagesOf(tx, order.operator_id, job->job_id)) {
            if (message.state() == "signed" || message.state() == "committed") return true;
        }
    }
    return false;
}

State TargetOf(pqxx::work& tx, const OrderRow& order, const std::string& reason)
{
    const bool served = order.active_at.has_value();
    if (served || (order.state == v1::ORDER_STATE_PROVISIONING && AnySigned(tx, order))) {
        return v1::ORDER_STATE_CLOSING;
    }
    return Cancels(reason) ? v1::ORDER_STATE_CANCELLED : v1::ORDER_STATE_FAILED;
}

std::string NextWords(State target, bool cancelled)
{
    if (target == v1::ORDER_STATE_CLOSING) {
        return "What was rented is being closed; then the credit held for the order is yours "
               "again.";
    }
    return cancelled
               ? "Nothing more happens; credit that was held is yours again."
               : "The credit that was held is yours again; you can place a new order with it.";
}

}  // namespace

std::optional<OrderRow> LockWithHold(pqxx::work& tx, const std::string& customer_id,
                                     const std::string& order_id)
{
    payments::LockHoldChannel(tx, customer_id, order_id);
    return LockOrder(tx, customer_id, order_id);
}

Result<void> End(pqxx::work& tx, OrderRow& order, const Ending& ending, Time now)
{
    const auto target = TargetOf(tx, order, ending.reason);
    const bool lost = order.active_at && ending.reason == kLeaseEnded;
    if (lost || (!order.active_at && order.state != v1::ORDER_STATE_CLOSING)) {
        order.failure.set_reason(ending.reason);
        order.failure.set_message(ending.message);
        order.failure.set_next(lost ? kOwed : NextWords(target, Cancels(ending.reason)));
    }
    auto details = ending.details;
    details["reason"] = ending.reason;
    const bool closing = target == v1::ORDER_STATE_CLOSING;
    const auto kind = closing ? "closing" : Cancels(ending.reason) ? "cancelled" : "failed";
    return Move(tx, order, target,
                {.kind = kind, .message = ending.message, .details = std::move(details)}, now);
}

State StateAfterClosing(const OrderRow& order)
{
    if (order.active_at) return v1::ORDER_STATE_CLOSED;
    return Cancels(order.failure.reason()) ? v1::ORDER_STATE_CANCELLED : v1::ORDER_STATE_FAILED;
}

}  // namespace berth::orders
