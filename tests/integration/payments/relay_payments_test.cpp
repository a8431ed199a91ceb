#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/relays/relay_handlers.hpp"
#include "tests/integration/payments/payment_world.hpp"

namespace berth::test {
namespace {

const std::string kAuthor(64, 'a');
const std::string kEvent(64, 'e');

/// A relay of an owner's, as it calls.
struct HostedRelay {
    Payer owner;
    std::string order_id;
    nostr::SecretKey key = nostr::SecretKey::Generate();
    std::int64_t tag = 0;
};

class RelayPaymentsTest : public testing::Test {
protected:
    call::Call CallOf(const nostr::SecretKey& key)
    {
        return {.caller = key.pubkey(),
                .roles = {call::Role::kCustomer},
                .now = world_.clock.Now(),
                .deadline = Deadline::After(std::chrono::seconds{10}),
                .trace = "t"};
    }

    std::string Proof(const nostr::SecretKey& key, const std::string& customer,
                      const std::string& order_id)
    {
        return ToHex(key.Sign(
            Sha256(relays::RelayProofText(world_.settings.marketplace, customer, order_id))));
    }
    Result<v1::RegisterRelayResponse> Register(const Payer& owner, const std::string& order_id,
                                               const nostr::SecretKey& key, std::string proof = {})
    {
        if (proof.empty()) proof = Proof(key, owner.id(), order_id);
        v1::RegisterRelayRequest request;
        request.set_event(world_.Signed(
            owner, call::kRelayKind,
            {{"order", "orders/" + order_id}, {"relayKey", key.pubkey()}, {"proof", proof}}));
        return relays_.RegisterRelay(CallOf(owner.key), request);
    }
    HostedRelay Host()
    {
        HostedRelay relay;
        relay.order_id = world_.PlaceOrder(relay.owner, 1000);
        const auto registered = Register(relay.owner, relay.order_id, relay.key);
        EXPECT_TRUE(registered) << registered.error().reason;
        if (registered) relay.tag = registered->relay().destination_tag();
        return relay;
    }
    std::string OpenChannelTo(const HostedRelay& relay, const Payer& user, std::int64_t drops)
    {
        return world_.OpenChannel(user, drops, {{"destination_tag", relay.tag}});
    }

    v1::VerifyPaymentRequest ClaimOf(const Payer& user, const std::string& channel,
                                     std::int64_t drops, std::uint64_t nonce)
    {
        v1::VerifyPaymentRequest request;
        request.set_currency("XRP");
        request.set_channel_id(channel);
        request.set_cumulative(std::to_string(drops));
        request.set_nonce(nonce);
        request.set_signature(*user.channel_key.SignClaim(channel, drops));
        request.set_author(kAuthor);
        request.set_event_id(kEvent);
        return request;
    }
    Result<v1::VerifyPaymentResponse> Verify(const HostedRelay& relay,
                                             const v1::VerifyPaymentRequest& request)
    {
        return relays_.VerifyPayment(CallOf(relay.key), request);
    }
    std::string ReasonOf(const Result<v1::VerifyPaymentResponse>& verified)
    {
        return verified ? "" : verified.error().reason;
    }
    std::string Payable(const HostedRelay& relay)
    {
        return world_.database.Value(
            "SELECT coalesce(sum(amount), 0) FROM entries WHERE credit = 'owner_payable' AND "
            "debit = 'channel_claims' AND customer_id = '" +
            relay.owner.id() + "' AND order_id = '" + relay.order_id + "'");
    }
    void ExpectBooksAgree()
    {
        EXPECT_EQ(world_.database.Value(R"sql(
            SELECT count(*) FROM relay_channels AS c
            WHERE c.credited <> (SELECT coalesce(sum(amount), 0) FROM entries AS e
                                 WHERE e.customer_id = c.customer_id AND e.order_id = c.order_id
                                       AND e.kind = 'relay_claim')
               OR c.accepted <> c.baseline + (SELECT coalesce(sum(k.credited), 0)
                                              FROM relay_claims AS k
                                              WHERE k.channel_id = c.channel_id))sql"),
                  "0");
        EXPECT_EQ(world_.database.Value("SELECT count(*) FROM margins"), "0");
    }

    PaymentWorld world_;
    const Payer user_;
    relays::RelayHandlers relays_{{*world_.database, world_.channels, world_.verifier}};
};

TEST_F(RelayPaymentsTest, AClaimsGrowthIsPayableToTheOwnerAndNoRevenue)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    const auto first = Verify(relay, ClaimOf(user_, channel, 100, 1));
    ASSERT_TRUE(first) << first.error().reason << ' ' << first.error().message;
    EXPECT_EQ(first->credited(), "100");
    EXPECT_EQ(first->accepted_before(), "0");
    const auto second = Verify(relay, ClaimOf(user_, channel, 130, 2));
    EXPECT_EQ(second->credited(), "30");
    EXPECT_EQ(second->accepted_before(), "100");
    EXPECT_EQ(Payable(relay), "130");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM entries WHERE credit LIKE '%revenue%'"),
              "0");
    ExpectBooksAgree();
}

TEST_F(RelayPaymentsTest, TheSameClaimIsAnsweredAlikeAndBookedOnce)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    const auto first = Verify(relay, ClaimOf(user_, channel, 100, 1));
    Verify(relay, ClaimOf(user_, channel, 130, 2)).value();
    const auto again = Verify(relay, ClaimOf(user_, channel, 100, 1));
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(Payable(relay), "130");
    ExpectBooksAgree();
}

TEST_F(RelayPaymentsTest, AClaimThatDoesNotGrowIsRefusedWhateverItsNonce)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    Verify(relay, ClaimOf(user_, channel, 100, 5)).value();
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 100, 6))), "NOT_INCREASING");
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 90, 7))), "NOT_INCREASING");
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 200, 5))), "NOT_INCREASING");
    EXPECT_EQ(Payable(relay), "100");
}

TEST_F(RelayPaymentsTest, ManyRelaysThreadsAskAboutOneClaimAndItIsBookedOnce)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 10'000);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 1; i <= 10; ++i) {
                static_cast<void>(
                    Verify(relay, ClaimOf(user_, channel, i * 100, static_cast<std::uint64_t>(i))));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(Payable(relay), "1000");
    ExpectBooksAgree();
}

TEST_F(RelayPaymentsTest, OnlyChannelsWithTheRelaysOwnTagAreItsOwn)
{
    const auto relay = Host();
    const auto other = Host();
    ASSERT_NE(relay.tag, other.tag);
    const auto channel = OpenChannelTo(relay, user_, 1000);
    EXPECT_EQ(ReasonOf(Verify(other, ClaimOf(user_, channel, 100, 1))), "WRONG_DESTINATION_TAG");
    const auto untagged = world_.OpenChannel(user_, 1000);
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, untagged, 100, 1))), "WRONG_DESTINATION_TAG");
    const auto elsewhere = world_.OpenChannel(user_, 1000,
                                              {{"destination_tag", relay.tag},
                                               {"destination", user_.channel_key.address()},
                                               {"account", rails::XrpKey::Generate().address()}});
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, elsewhere, 100, 1))), "WRONG_PAYEE");
    EXPECT_TRUE(Verify(relay, ClaimOf(user_, channel, 100, 1)));
}

TEST_F(RelayPaymentsTest, AChannelOfARelayPaysForNoOrderAndTheOtherWayRound)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    EXPECT_EQ(world_.Register(user_, channel).error().reason, "WRONG_DESTINATION_TAG");
    const auto hosting = world_.OpenAndRegister(user_, 1000);
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, hosting, 100, 1))), "WRONG_DESTINATION_TAG");
}

TEST_F(RelayPaymentsTest, WhatTheLedgerWouldNotRedeemIsRefused)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    auto forged = ClaimOf(user_, channel, 100, 1);
    forged.set_cumulative("101");
    EXPECT_EQ(ReasonOf(Verify(relay, forged)), "BAD_CLAIM_SIGNATURE");
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 1001, 1))), "OVER_CAPACITY");
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, std::string(64, 'F'), 100, 1))),
              "UNKNOWN_CHANNEL");
    world_.chain.Ask("sandbox_request_close", {{"channel_id", channel}});
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 100, 1))), "CHANNEL_CLOSING");
    EXPECT_EQ(Payable(relay), "0");
}

TEST_F(RelayPaymentsTest, MoneyThatWasPushedOnTheChainIsTheOwnersAndNoClaimsGrowth)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    Verify(relay, ClaimOf(user_, channel, 100, 1)).value();
    world_.chain.Ask("sandbox_pay_out", {{"channel_id", channel}, {"amount", "150"}});
    const auto next = Verify(relay, ClaimOf(user_, channel, 170, 2));
    ASSERT_TRUE(next) << next.error().reason;
    EXPECT_EQ(next->credited(), "20");
    EXPECT_EQ(next->accepted_before(), "150");
    EXPECT_EQ(Payable(relay), "170");
}

TEST_F(RelayPaymentsTest, WhatWasPaidOutBeforeTheFirstClaimIsNobodysGrowth)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    world_.chain.Ask("sandbox_pay_out", {{"channel_id", channel}, {"amount", "60"}});
    EXPECT_EQ(Verify(relay, ClaimOf(user_, channel, 100, 1))->credited(), "40");
    ExpectBooksAgree();
}

TEST_F(RelayPaymentsTest, AKeyThatIsNoRelaysIsRefused)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    const auto request = ClaimOf(user_, channel, 100, 1);
    const auto stranger = relays_.VerifyPayment(CallOf(nostr::SecretKey::Generate()), request);
    EXPECT_EQ(stranger.error().reason, "NOT_A_RELAY");
    EXPECT_EQ(relays_.VerifyPayment(CallOf(relay.owner.key), request).error().reason,
              "NOT_A_RELAY");
}

TEST_F(RelayPaymentsTest, ANewKeyTakesThePlaceOfTheOldOneAndKeepsTheTag)
{
    auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    const auto old_key = relay.key;
    relay.key = nostr::SecretKey::Generate();
    const auto again = Register(relay.owner, relay.order_id, relay.key);
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_EQ(again->relay().destination_tag(), relay.tag);
    EXPECT_TRUE(Verify(relay, ClaimOf(user_, channel, 100, 1)));
    relay.key = old_key;
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 200, 2))), "NOT_A_RELAY");
}

TEST_F(RelayPaymentsTest, AKeyIsBoundByItsOwnWordToItsOwnersOrderOnly)
{
    const auto relay = Host();
    const Payer thief;
    const auto order_id = world_.PlaceOrder(thief, 1000);
    EXPECT_EQ(Register(thief, relay.order_id, nostr::SecretKey::Generate()).error().reason,
              "UNKNOWN_ORDER");
    const auto borrowed = Proof(relay.key, relay.owner.id(), relay.order_id);
    EXPECT_EQ(Register(thief, order_id, relay.key, borrowed).error().reason, "BAD_RELAY_PROOF");
    EXPECT_EQ(Register(thief, order_id, relay.key).error().reason, "RELAY_KEY_TAKEN");
}

TEST_F(RelayPaymentsTest, AnOrderThatHasEndedTakesNoMore)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    Verify(relay, ClaimOf(user_, channel, 100, 1)).value();
    world_.database.Do([&](pqxx::work& tx) {
        tx.exec_params0("UPDATE orders SET state = 11 WHERE order_id = $1", relay.order_id);
    });
    EXPECT_EQ(ReasonOf(Verify(relay, ClaimOf(user_, channel, 200, 2))), "ORDER_ENDED");
    EXPECT_TRUE(Verify(relay, ClaimOf(user_, channel, 100, 1)));
    EXPECT_EQ(Register(relay.owner, relay.order_id, relay.key).error().reason, "ORDER_ENDED");
}

TEST_F(RelayPaymentsTest, OwnerAndRelayReadWhatItTook)
{
    const auto relay = Host();
    const auto channel = OpenChannelTo(relay, user_, 1000);
    Verify(relay, ClaimOf(user_, channel, 100, 1)).value();
    Verify(relay, ClaimOf(user_, channel, 130, 2)).value();
    v1::ReportRevenueRequest report;
    report.set_asset("xrp");
    report.set_received("77");
    EXPECT_EQ(relays_.ReportRevenue(CallOf(relay.key), report)->received(), "77");
    report.set_received("50");
    EXPECT_EQ(relays_.ReportRevenue(CallOf(relay.key), report)->received(), "77");
    v1::GetRelayRequest by_order;
    by_order.set_order("orders/" + relay.order_id);
    for (const auto& read : {relays_.GetRelay(CallOf(relay.owner.key), by_order),
                             relays_.GetRelay(CallOf(relay.key), {})}) {
        ASSERT_TRUE(read) << read.error().reason;
        EXPECT_EQ(read->relay().payee(), world_.payee.address());
        ASSERT_EQ(read->relay().revenue_size(), 1);
        EXPECT_EQ(read->relay().revenue(0).verified(), "130");
        EXPECT_EQ(read->relay().revenue(0).reported(), "77");
        EXPECT_EQ(read->relay().revenue(0).claims(), 2);
    }
    EXPECT_EQ(relays_.GetRelay(CallOf(user_.key), by_order).error().reason, "UNKNOWN_RELAY");
}

}  // namespace
}  // namespace berth::test
