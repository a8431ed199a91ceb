#include "marketplace/relays/relay_handlers.hpp"

#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/claims/channel_view.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/state_table.hpp"

namespace berth::relays {
namespace {

constexpr std::string_view kOrderPrefix = "orders/";
constexpr std::size_t kKeyDigits = 64;
constexpr int kTagsDrawn = 8;
constexpr std::uint64_t kTags = 0xFFFF'FFFFU;  // Zero is left out.

Error UnknownRelay()
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_RELAY", "The caller has no such relay.");
}

std::string OrderIdOf(const std::string& name)
{
    return name.starts_with(kOrderPrefix) ? name.substr(kOrderPrefix.size()) : std::string{};
}

Error OrderEnded()
{
    return Fail(ErrorCode::kPrecondition, "ORDER_ENDED", "The relay's order has ended.");
}

/// Whether the relay's key has agreed to be bound to this order.
Result<void> CheckProof(const v1::RelayTerms& terms, const std::string& text)
{
    if (!IsLowerHex(terms.relay_key(), kKeyDigits)) {
        return Fail(ErrorCode::kInvalid, "BAD_RELAY_KEY", "The relay's key is no public key.");
    }
    const auto proof = FromHex(terms.proof());
    if (proof && nostr::VerifySchnorr(terms.relay_key(), Sha256(text), *proof)) return {};
    return Fail(ErrorCode::kInvalid, "BAD_RELAY_PROOF",
                "The relay's key has not signed that it is this order's.");
}

}  // namespace

std::string RelayProofText(const std::string& marketplace, const std::string& customer,
                           const std::string& order_id)
{
    return "berth-relay:1:" + marketplace + ':' + customer + ':' + order_id;
}

/// Tags follow from the order, so that few are drawn twice.
Result<std::int64_t> RelayHandlers::DrawTag(pqxx::work& tx, const std::string& order_id) const
{
    for (int i = 0; i < kTagsDrawn; ++i) {
        const auto digest = Sha256("relay tag " + std::to_string(i) + " of " + order_id);
        std::uint64_t drawn = 0;
        for (std::size_t byte = 0; byte < 8; ++byte) drawn = drawn << 8 | digest[byte];
        const auto tag = static_cast<std::int64_t>(1 + drawn % kTags);
        if (settings().destination_tag && tag == *settings().destination_tag) continue;
        if (ClaimTag(tx, settings().payee, tag, order_id)) return tag;
    }
    return Fail(ErrorCode::kExhausted, "NO_DESTINATION_TAG", "No destination tag is free.");
}

v1::Relay RelayHandlers::ToProto(pqxx::transaction_base& tx, const RelayRow& relay) const
{
    v1::Relay view;
    view.set_name("relays/" + relay.order_id);
    view.set_order(std::string{kOrderPrefix} + relay.order_id);
    view.set_relay_key(relay.relay_key);
    view.set_network(settings().network);
    view.set_payee(settings().payee);
    view.set_destination_tag(relay.destination_tag);
    view.set_min_settle_delay_seconds(settings().policy.min_settle_delay.count());
    const auto order = orders::FindOrder(tx, relay.order_id);
    if (order && order->paid_through) {
        view.set_paid_through(order->paid_through->time_since_epoch().count());
    }
    for (const auto& row : ReadRevenue(tx, relay)) {
        auto& revenue = *view.add_revenue();
        revenue.set_asset(row.asset);
        revenue.set_verified(row.verified.ToString());
        revenue.set_reported(row.reported.ToString());
        revenue.set_claims(row.claims);
    }
    return view;
}

Result<v1::RegisterRelayResponse> RelayHandlers::Bind(pqxx::work& tx, const nostr::Event& event,
                                                      const v1::RelayTerms& terms) const
{
    const auto order_id = OrderIdOf(terms.order());
    const auto order = orders::LockOrder(tx, event.pubkey, order_id);
    if (!order) return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "The caller has no such order.");
    if (orders::IsFinal(order->state)) return OrderEnded();
    const auto known = FindRelay(tx, event.pubkey, order_id);
    const auto tag = known ? Result<std::int64_t>{known->destination_tag} : DrawTag(tx, order_id);
    if (!tag) return tag.error();
    const RelayRow relay{.customer_id = event.pubkey,
                         .order_id = order_id,
                         .relay_key = terms.relay_key(),
                         .destination_tag = *tag};
    if (!PutRelay(tx, relay)) {
        return Fail(ErrorCode::kConflict, "RELAY_KEY_TAKEN", "The key is another relay's.");
    }
    v1::RegisterRelayResponse response;
    *response.mutable_relay() = ToProto(tx, relay);
    if (claims::KeepAnswer(tx, event, response.SerializeAsString())) return response;
    response.ParseFromString(*claims::FindAnswer(tx, event.pubkey, event.id));
    return response;
}

Result<v1::RegisterRelayResponse> RelayHandlers::RegisterRelay(
    const call::Call& call, const v1::RegisterRelayRequest& request)
{
    const auto event = call::ReadSignedEvent(request.event(), call::kRelayKind);
    if (!event) return event.error();
    using Found = std::optional<std::string>;
    const auto answered = parts_.database.Transact<Found>([&](pqxx::work& tx) -> Result<Found> {
        return claims::FindAnswer(tx, event->pubkey, event->id);
    });
    if (!answered) return answered.error();
    v1::RegisterRelayResponse response;
    if (*answered && response.ParseFromString(**answered)) return response;
    v1::RelayTerms terms;
    const auto read = call::ReadTerms(*event, settings().marketplace, call.now, terms);
    if (!read) return read.error();
    const auto text =
        RelayProofText(settings().marketplace, event->pubkey, OrderIdOf(terms.order()));
    if (const auto proven = CheckProof(terms, text); !proven) return proven.error();
    return parts_.database.Transact<v1::RegisterRelayResponse>(
        [&](pqxx::work& tx) { return Bind(tx, *event, terms); });
}

Result<RelayRow> RelayHandlers::RelayOf(const call::Call& call)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    return parts_.database.Transact<RelayRow>([&](pqxx::work& tx) -> Result<RelayRow> {
        auto relay = FindRelayByKey(tx, *caller);
        if (relay) return std::move(*relay);
        return Fail(ErrorCode::kForbidden, "NOT_A_RELAY", "The caller's key is no relay's.");
    });
}

Result<v1::GetRelayResponse> RelayHandlers::GetRelay(const call::Call& call,
                                                     const v1::GetRelayRequest& request)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    return parts_.database.Transact<v1::GetRelayResponse>(
        [&](pqxx::work& tx) -> Result<v1::GetRelayResponse> {
            const auto relay = request.order().empty()
                                   ? FindRelayByKey(tx, *caller)
                                   : FindRelay(tx, *caller, OrderIdOf(request.order()));
            if (!relay) return UnknownRelay();
            v1::GetRelayResponse response;
            *response.mutable_relay() = ToProto(tx, *relay);
            return response;
        });
}

Result<v1::VerifyPaymentResponse> RelayHandlers::Judge(
    const RelayRow& relay, const RelayClaim& claim, const payments::FreshChannels::Reading& chain)
{
    if (!chain) return claims::UnknownChannel();
    const auto checked = CheckRelayClaim(claim, relay, *chain, parts_.verifier, settings());
    if (!checked) return checked.error();
    return parts_.database.Transact<v1::VerifyPaymentResponse>(
        [&](pqxx::work& tx) { return BookRelayClaim(tx, claim, *chain, settings()); });
}

Result<v1::VerifyPaymentResponse> RelayHandlers::VerifyPayment(
    const call::Call& call, const v1::VerifyPaymentRequest& request)
{
    const auto relay = RelayOf(call);
    if (!relay) return relay.error();
    const auto claim = ReadRelayClaim(*relay, request);
    if (!claim) return claim.error();
    using Known = std::optional<v1::VerifyPaymentResponse>;
    const auto known = parts_.database.Transact<Known>([&](pqxx::work& tx) -> Result<Known> {
        if (const auto row = FindRelayClaim(tx, claim->channel, claim->cumulative, claim->nonce)) {
            return relays::ToProto(*row);
        }
        const auto order = orders::FindOrder(tx, relay->order_id);
        if (!order || orders::IsFinal(order->state)) return OrderEnded();
        return Known{};
    });
    if (!known) return known.error();
    if (*known) return **known;
    const auto remembered = parts_.channels.Get(claim->channel.channel_id, call.deadline);
    if (!remembered) return remembered.error();
    auto judged = Judge(*relay, *claim, *remembered);
    if (judged || judged.error().code != ErrorCode::kPrecondition) return judged;
    // The channel may have been funded since it was read.
    const auto fresh = parts_.channels.Read(claim->channel.channel_id, call.deadline);
    if (!fresh) return fresh.error();
    return Judge(*relay, *claim, *fresh);
}

Result<v1::ReportRevenueResponse> RelayHandlers::ReportRevenue(
    const call::Call& call, const v1::ReportRevenueRequest& request)
{
    const auto relay = RelayOf(call);
    if (!relay) return relay.error();
    if (request.asset() != "xrp" && request.asset() != "btc") {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_ASSET", "The asset is neither xrp nor btc.");
    }
    const auto received = money::Amount::Parse(request.received());
    if (!received) return received.error();
    return parts_.database.Transact<v1::ReportRevenueResponse>(
        [&](pqxx::work& tx) -> Result<v1::ReportRevenueResponse> {
            v1::ReportRevenueResponse response;
            response.set_received(KeepReport(tx, *relay, request.asset(), *received).ToString());
            return response;
        });
}

}  // namespace berth::relays
