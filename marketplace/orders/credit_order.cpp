#include "marketplace/orders/credit_order.hpp"

#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/steps.hpp"
#include "marketplace/payments/channel_store.hpp"

namespace berth::orders {
namespace {

constexpr std::string_view kChannels = "channels/";
constexpr std::size_t kNameMax = 200;

Result<void> TakeDue(pqxx::work& tx, const CreditOrder& order, const std::string& asset, Time now)
{
    const auto due = DueOn(order.row, order.channel.rail, asset);
    if (!due) {
        return Fail(ErrorCode::kPrecondition, "CREDIT_TOO_LOW",
                    "The order cannot be paid in the channel's asset.");
    }
    const ledger::Owner owner{.customer_id = order.row.customer_id,
                              .order_id = order.row.order_id,
                              .operator_id = order.row.operator_id};
    return payments::TakeHold(tx, order.channel, owner, *due, now);
}

}  // namespace

std::optional<ledger::Worth> DueOn(const OrderRow& order, const std::string& rail,
                                   const std::string& asset)
{
    for (const auto& due : order.due.due()) {
        if (due.rail() != rail || due.asset() != asset) continue;
        const auto amount = money::Amount::Parse(due.amount());
        if (!amount) return std::nullopt;
        return ledger::Worth{.asset = due.asset(),
                             .amount = *amount,
                             .usd_micros = order.setup_usd_micros + order.monthly_usd_micros,
                             .snapshot_id = due.price_snapshot()};
    }
    return std::nullopt;
}

Result<payments::ChannelKey> ReadPayFrom(const std::string& customer_id, const std::string& name)
{
    const auto dash = name.find('-');
    if (!name.starts_with(kChannels) || name.size() > kNameMax || dash == std::string::npos ||
        dash == kChannels.size() || dash + 1 == name.size()) {
        return Fail(ErrorCode::kInvalid, "BAD_TERMS", "The channel's name is malformed.");
    }
    return payments::ChannelKey{.customer_id = customer_id,
                                .rail = name.substr(kChannels.size(), dash - kChannels.size()),
                                .channel_id = name.substr(dash + 1)};
}

OrderRow AsPaid(OrderRow order)
{
    order.state = v1::ORDER_STATE_QUEUED;
    order.step = std::string{FirstStep("provision").step};
    order.last_event += 1;
    return order;
}

Result<std::string> PlaceOnCredit(pqxx::work& tx, const CreditOrder& order, Time now)
{
    const auto channel =
        payments::LockChannel(tx, order.channel);  // Copies of an event queue here.
    if (const auto answer = StoredAnswer(tx, order.row.customer_id, order.row.event_id)) {
        return *answer;
    }
    if (!channel) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_CHANNEL", "The caller has no such channel.");
    }
    if (channel->status != "open") {
        return Fail(ErrorCode::kPrecondition, "CHANNEL_CLOSING",
                    "The channel is being closed; its credit pays for nothing new.");
    }
    if (const auto taken = TakeDue(tx, order, channel->asset, now); !taken) return taken.error();
    if (!PlaceNow(tx, order.stored)) {
        return Fail(ErrorCode::kInternal, "EVENT_REUSED", "The event was accepted elsewhere.");
    }
    auto row = order.row;
    const auto moved = Move(tx, row, v1::ORDER_STATE_QUEUED,
                            {.kind = "paid",
                             .message = "The channel's credit covers what is due; the relay is "
                                        "being prepared.",
                             .details = {{"channel", std::string{kChannels} + order.channel.rail +
                                                         '-' + order.channel.channel_id}}},
                            now);
    if (!moved) return moved.error();
    return order.stored.answer;
}

}  // namespace berth::orders
