#include "tests/integration/payments/payment_world.hpp"

#include <future>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "berth/v1/order_service.pb.h"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/claims/registration.hpp"
#include "marketplace/db/values.hpp"

namespace berth::test {
namespace {

constexpr auto kInsertOrder = R"sql(
    INSERT INTO orders (customer_id, order_id, event_id, operator_id, plan_id, plan, state,
                        hostname, setup_usd_micros, monthly_usd_micros, due, quote_expires_at)
    VALUES ($1, $2, $3, $4, 'small', $5, 1, 'relay.test', 2000000, 10000000, $6, $7::timestamptz)
    )sql";

}  // namespace

std::string PaymentWorld::OpenChannel(const Payer& payer, std::int64_t drops,
                                      boost::json::object changes)
{
    boost::json::object wanted{{"account", payer.channel_key.address()},
                               {"destination", payee.address()},
                               {"public_key", payer.channel_key.public_key_hex()},
                               {"amount", std::to_string(drops)},
                               {"settle_delay", 86'400}};
    for (const auto& change : changes) wanted[change.key()] = change.value();
    return std::string{chain.Ask("sandbox_create_channel", wanted).at("channel_id").as_string()};
}

Result<v1::RegisterChannelResponse> PaymentWorld::Register(const Payer& payer,
                                                           const std::string& channel_id)
{
    const auto proof = payer.channel_key.Sign(
        claims::ChannelProofText(settings.marketplace, payer.id(), channel_id));
    v1::RegisterChannelRequest request;
    request.set_event(Signed(payer, call::kChannelKind,
                             {{"rail", "xrp"}, {"channelId", channel_id}, {"proof", proof}}));
    return handlers.RegisterChannel(CallOf(payer), request);
}

std::string PaymentWorld::OpenAndRegister(const Payer& payer, std::int64_t drops)
{
    auto channel_id = OpenChannel(payer, drops);
    const auto registered = Register(payer, channel_id);
    EXPECT_TRUE(registered) << registered.error().reason << ' ' << registered.error().message;
    return channel_id;
}

std::string PaymentWorld::Signed(const Payer& payer, int kind, const boost::json::object& terms)
{
    const auto now = ToUnixSeconds(clock.Now());
    nostr::Event event{.id = "",
                       .pubkey = "",
                       .created_at = now,
                       .kind = kind,
                       .tags = {{"p", settings.marketplace},
                                {"v", "1"},
                                {"expiration", std::to_string(now + 300)},
                                {"n", std::to_string(++made_)}},
                       .content = boost::json::serialize(terms),
                       .sig = ""};
    nostr::SignEvent(event, payer.key);
    return nostr::ToJson(event);
}

std::string PaymentWorld::ClaimEvent(const Payer& payer, const std::string& channel_id,
                                     std::int64_t drops, const std::string& order_id)
{
    boost::json::object terms{{"rail", "xrp"},
                              {"channelId", channel_id},
                              {"cumulative", std::to_string(drops)},
                              {"signature", *payer.channel_key.SignClaim(channel_id, drops)}};
    if (!order_id.empty()) terms["order"] = "orders/" + order_id;
    return Signed(payer, call::kClaimKind, terms);
}

PaymentWorld::Submitted PaymentWorld::Submit(const std::string& event, bool validate_only)
{
    v1::SubmitClaimRequest request;
    request.set_event(event);
    request.set_validate_only(validate_only);
    std::promise<Submitted> answered;
    handlers.SubmitClaim({.caller = "",
                          .roles = {},
                          .now = clock.Now(),
                          .deadline = Deadline::After(std::chrono::seconds{10}),
                          .trace = "t"},
                         request, [&](Submitted answer) { answered.set_value(std::move(answer)); });
    return answered.get_future().get();
}

std::string PaymentWorld::PlaceOrder(const Payer& payer, std::int64_t due_drops,
                                     std::chrono::seconds expires_in)
{
    const auto order_id = ToBase32(RandomBytes(16));
    const auto expires_at = clock.Now() + expires_in;
    v1::Plan plan;
    plan.set_name("plans/small");
    plan.set_marketplace_fee_bps(1'000);
    v1::Quote quote;
    quote.set_expires_at(expires_at.time_since_epoch().count());
    auto& due = *quote.add_due();
    due.set_rail("xrp");
    due.set_asset("xrp");
    due.set_amount(std::to_string(due_drops));
    pqxx::connection connection{database.url()};
    pqxx::work tx{connection};
    tx.exec_params0(kInsertOrder, payer.id(), order_id, ToHex(RandomBytes(32)),
                    std::string(64, 'b'), db::ToBytes(plan), db::ToBytes(quote),
                    db::ToSql(expires_at));
    tx.commit();
    return order_id;
}

std::string PaymentWorld::StateOf(const std::string& order_id) const
{
    const auto number =
        database.Value("SELECT state FROM orders WHERE order_id = '" + order_id + "'");
    return v1::OrderState_Name(static_cast<v1::OrderState>(std::stoi(number)));
}

call::Call PaymentWorld::CallOf(const Payer& payer) const
{
    return {.caller = payer.id(),
            .roles = {call::Role::kCustomer},
            .now = clock.Now(),
            .deadline = Deadline::After(std::chrono::seconds{10}),
            .trace = "t"};
}

void PaymentWorld::ExpectBooksAndChannelsAgree() const
{
    EXPECT_EQ(database.Value(R"sql(
        SELECT count(*) FROM (
            SELECT sum(amount * ((credit = 'unapplied_credit')::int
                                 - (debit = 'unapplied_credit')::int)) AS unapplied,
                   sum(amount * ((credit = 'held_credit')::int
                                 - (debit = 'held_credit')::int)) AS held,
                   sum(amount * (debit = 'channel_claims')::int) AS credited
            FROM entries WHERE asset = 'xrp') AS books,
            (SELECT sum(unapplied) AS unapplied, sum(held) AS held,
                    sum(accepted - baseline) AS credited FROM channels) AS channels
        WHERE (books.unapplied, books.held, books.credited)
              IS DISTINCT FROM (channels.unapplied, channels.held, channels.credited)
              AND channels.credited > 0)sql"),
              "0");
}

}  // namespace berth::test
