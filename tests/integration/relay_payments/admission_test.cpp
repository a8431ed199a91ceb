// What is asked for, and of whom.
#include <gmock/gmock.h>

#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AdmissionTest : public PaymentsTest {};

TEST_F(AdmissionTest, WhoHasNotPaidIsToldWhatIsDueAndWhere)
{
    const RelayProcess relay{NewDatabase(), Local({{"URL", "ws://relay.test/"}})};
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Sign(alice_)),
              "false:restricted: payment required: 10 drops are due and the balance is 0; see "
              "http://relay.test/payments");
    EXPECT_TRUE(client.Query("{}").empty());
}

TEST_F(AdmissionTest, AdmissionSubscriptionAndKindsAreChargedAsTheySay)
{
    const RelayProcess relay{NewDatabase(), Local({{"PAYMENT_ADMISSION", "100"},
                                                   {"PAYMENT_SUBSCRIPTION", "50"},
                                                   {"PAYMENT_SUBSCRIPTION_PERIOD", "1h"},
                                                   {"PAYMENT_PUBLICATION", "30000-39999=7, 1=3"}})};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay.port()};
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 152, 1)), HasSubstr("153 drops are due"));
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 172, 2)), "true");
    EXPECT_EQ(BalanceOf(relay, payer_.key), "19");
    EXPECT_EQ(client.Publish(Sign(payer_.key, {.kind = 30'023, .tags = {{"d", "x"}}})), "true");
    EXPECT_EQ(client.Publish(Sign(payer_.key, {.kind = 7})), "true");
    const auto account = AccountOf(relay, payer_.key);
    EXPECT_EQ(account.at("balance"), "12");
    EXPECT_EQ(account.at("admitted"), true);
    EXPECT_GT(account.at("subscribed_until").as_int64(), Now() + 3'000);
}

TEST_F(AdmissionTest, ASubscriptionThatHasRunOutIsDueAgain)
{
    const RelayProcess relay{NewDatabase(), Local({{"PAYMENT_SUBSCRIPTION", "50"},
                                                   {"PAYMENT_SUBSCRIPTION_PERIOD", "1s"},
                                                   {"PAYMENT_PUBLICATION", ""}})};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 100, 1)), "true");
    const auto until = AccountOf(relay, payer_.key).at("subscribed_until").as_int64();
    ASSERT_TRUE(Becomes([&] { return Now() >= until; }));
    ASSERT_EQ(client.Publish(Sign(payer_.key)), "true");
    EXPECT_EQ(BalanceOf(relay, payer_.key), "0");
}

TEST_F(AdmissionTest, MembersAndFreeKindsPayNothing)
{
    const RelayProcess relay{NewDatabase(), Local({{"ALLOWED_WRITERS", bob_.pubkey()}})};
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Sign(bob_)), "true");
    EXPECT_EQ(client.Publish(Sign(alice_, {.kind = 0, .content = "{}"})), "true");
    const auto list = Sign(alice_, {.kind = 10'002});
    EXPECT_EQ(client.Publish(list), "true");
    EXPECT_EQ(client.Publish(Sign(alice_, {.kind = 5, .tags = {{"e", list.id}}})), "true");
    EXPECT_THAT(client.Publish(Sign(alice_, {.kind = 7})), StartsWith("false:restricted:"));
}

TEST_F(AdmissionTest, ZapReceiptsForMembersPass)
{
    const RelayProcess relay{NewDatabase(), Local({{"ALLOWED_WRITERS", bob_.pubkey()}})};
    const auto wallet = nostr::SecretKey::Generate();
    const auto receipt = [&](const std::string& to) {
        const auto request = Sign(alice_, {.kind = 9'734, .tags = {{"p", to}}});
        return Sign(
            wallet,
            {.kind = 9'735,
             .tags = {{"p", to}, {"bolt11", "lnbc1"}, {"description", nostr::ToJson(request)}}});
    };
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(receipt(bob_.pubkey())), "true");
    EXPECT_THAT(client.Publish(receipt(alice_.pubkey())), StartsWith("false:restricted:"));
    EXPECT_THAT(client.Publish(Sign(wallet, {.kind = 9'735, .tags = {{"p", bob_.pubkey()}}})),
                StartsWith("false:restricted:"));
}

TEST_F(AdmissionTest, TagsThatAreNoneAreInvalid)
{
    const RelayProcess relay{NewDatabase(), Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    const auto good = ClaimTag(payer_, channel, 100, 1);
    const auto changed = [&](std::size_t item, const std::string& value) {
        auto tag = good;
        tag[item] = value;
        return Sign(payer_.key, {.tags = {tag}});
    };
    RelayClient client{relay.port()};
    for (const auto& event :
         {changed(2, ""), changed(3, "-5"), changed(3, "1e3"), changed(3, "0100"),
          changed(3, "99999999999999999999"), changed(4, "x"), changed(5, "zz"), changed(6, "EUR"),
          Sign(payer_.key, {.tags = {good, good}}),
          Sign(payer_.key, {.tags = {{"payment", "ilp", channel}}})}) {
        EXPECT_THAT(client.Publish(event), StartsWith("false:invalid: the payment tag"));
    }
    EXPECT_EQ(BalanceOf(relay, payer_.key), "0");
}

TEST_F(AdmissionTest, EphemeralEventsAreDeliveredOnlyIfTheyArePaidFor)
{
    const RelayProcess relay{NewDatabase(), Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient reader{relay.port()}, client{relay.port()};
    reader.Send(R"(["REQ","live",{"kinds":[20001]}])");
    reader.ReceiveOnly("EOSE");
    EXPECT_THAT(client.Publish(Sign(alice_, {.kind = 20'001})), StartsWith("false:restricted:"));
    const auto paid = Paid(payer_, channel, 10, 1, {.kind = 20'001});
    EXPECT_EQ(client.Publish(paid), "true");
    EXPECT_EQ(Text(reader.ReceiveOnly("EVENT").at(2).at("id")), paid.id);
}

TEST_F(AdmissionTest, WhatTheRelayFetchesByItselfIsNotPaidFor)
{
    const RelayProcess source{NewDatabase()};
    const auto event = Sign(alice_);
    const RelayProcess relay{
        NewDatabase(), Local({{"MIRROR_FROM", "ws://127.0.0.1:" + std::to_string(source.port())}})};
    RelayClient to_source{source.port()}, client{relay.port()};
    ASSERT_EQ(to_source.Publish(event), "true");
    EXPECT_TRUE(Becomes([&] { return client.Query("{}") == std::vector{event.id}; }));
    EXPECT_EQ(MetricOf(relay, "berth_relay_payments_accounts"), "berth_relay_payments_accounts 0");
    EXPECT_EQ(MetricOf(relay, "berth_relay_payments_refused_total"),
              "berth_relay_payments_refused_total 0");
}

}  // namespace
}  // namespace berth::relay::test
