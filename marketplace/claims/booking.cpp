#include "marketplace/claims/booking.hpp"

#include <algorithm>
#include <optional>

#include "marketplace/claims/channel_view.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/orders/credit_order.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/payments/observation.hpp"
#include "marketplace/payments/price_store.hpp"

namespace berth::claims {
namespace {

using orders::OrderRow;
using payments::ChannelRow;

/// What a claim is worth: its growth, or zero for the same claim for the same order once more.
Result<money::Amount> CreditFor(pqxx::work& tx, const VerifiedClaim& claim,
                                const ChannelRow& channel, const rails::ClaimPolicy& policy)
{
    const auto ledger_time = claim.chain ? claim.chain->ledger_time : Time{};
    const auto credit = rails::CreditOf(claim.cumulative, claim.event.pubkey,
                                        payments::StateOf(channel), policy, ledger_time);
    if (!credit || *credit != money::Amount{}) return credit;
    if (OrderOfClaim(tx, channel.key, claim.cumulative) == claim.order_id) return credit;
    return Fail(ErrorCode::kConflict, "NOT_INCREASING", "The claim was used for something else.");
}

void BookCredit(pqxx::work& tx, const VerifiedClaim& claim, ChannelRow& channel,
                money::Amount credit, Time now)
{
    channel.accepted += credit;
    channel.unapplied += credit;
    payments::SaveChannel(tx, channel);
    InsertClaim(tx, {.channel = channel.key,
                     .cumulative = claim.cumulative,
                     .credited = credit,
                     .signature = claim.signature,
                     .order_id = claim.order_id,
                     .event_id = claim.event.id});
    ledger::PostClaimCredit(
        tx, {.customer_id = channel.key.customer_id, .order_id = "", .operator_id = ""},
        claim.event.id, payments::WorthNow(tx, channel.asset, credit), now);
}

orders::Happened Paid(const VerifiedClaim& claim, const ledger::Worth& due)
{
    return {.kind = "paid",
            .message = "The claim covers what is due; the relay is being prepared.",
            .details = {{"asset", due.asset},
                        {"held", due.amount.ToString()},
                        {"channel", NameOf(claim.channel)}}};
}

/// Pays an order that awaits payment, or tells why it still does.
Result<void> PayOrder(pqxx::work& tx, const VerifiedClaim& claim, const ChannelRow& channel,
                      OrderRow& order, Time now)
{
    if (order.state != v1::ORDER_STATE_AWAITING_PAYMENT) return {};
    const auto due = orders::DueOn(order, channel.key.rail, channel.asset);
    const Time expires_at{std::chrono::microseconds{order.due.expires_at()}};
    if (!due || now >= expires_at) {
        orders::Tell(tx, order,
                     {.kind = "quote_expired",
                      .message = "The quote no longer holds; the credit is kept.",
                      .details = {}});
        return {};
    }
    if (channel.unapplied < due->amount) {
        orders::Tell(tx, order,
                     {.kind = "credit_too_low",
                      .message = "The channel's credit is less than what is due.",
                      .details = {{"due", due->amount.ToString()},
                                  {"unapplied", channel.unapplied.ToString()}}});
        return {};
    }
    const ledger::Owner owner{.customer_id = order.customer_id,
                              .order_id = order.order_id,
                              .operator_id = order.operator_id};
    if (auto held = payments::TakeHold(tx, channel.key, owner, *due, now); !held) return held;
    return orders::Move(tx, order, v1::ORDER_STATE_QUEUED, Paid(claim, *due), now);
}

Result<v1::SubmitClaimResponse> AnswerOf(pqxx::work& tx, const VerifiedClaim& claim,
                                         money::Amount credit, const std::optional<OrderRow>& order)
{
    v1::SubmitClaimResponse response;
    response.set_credited(credit.ToString());
    *response.mutable_channel() = ToProto(*payments::FindChannel(tx, claim.channel));
    if (order) *response.mutable_order() = orders::ToProto(*order);
    if (!KeepAnswer(tx, claim.event, response.SerializeAsString())) {
        return Fail(ErrorCode::kInternal, "EVENT_REUSED", "The event was accepted elsewhere.");
    }
    db::Notify(tx, "balance/" + claim.channel.customer_id);
    return response;
}

Result<v1::SubmitClaimResponse> Stored(const std::string& answer)
{
    v1::SubmitClaimResponse response;
    response.ParseFromString(answer);
    return response;
}

}  // namespace

Result<v1::SubmitClaimResponse> BookClaim(pqxx::work& tx, const VerifiedClaim& claim,
                                          const rails::ClaimPolicy& policy)
{
    auto channel = payments::LockChannel(tx, claim.channel);
    if (!channel) return UnknownChannel();
    if (const auto answer = FindAnswer(tx, claim.event.pubkey, claim.event.id)) {
        return Stored(*answer);
    }
    std::optional<OrderRow> order;
    if (!claim.order_id.empty()) {
        order = orders::LockOrder(tx, claim.event.pubkey, claim.order_id);
        if (!order) {
            return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "The caller has no such order.");
        }
    }
    payments::RecordObservation(tx, *channel, claim.chain, policy);
    const auto credit = CreditFor(tx, claim, *channel, policy);
    if (!credit) return credit.error();
    const auto now = payments::DatabaseNow(tx);
    if (*credit != money::Amount{}) {
        BookCredit(tx, claim, *channel, *credit, now);
        if (order) {
            const auto paid = PayOrder(tx, claim, *channel, *order, now);
            if (!paid) return Fail(ErrorCode::kInternal, "NOT_BOOKED", paid.error().message);
        }
    }
    return AnswerOf(tx, claim, *credit, order);
}

}  // namespace berth::claims
