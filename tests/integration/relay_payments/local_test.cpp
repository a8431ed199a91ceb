// Claims that the relay verifies itself, against a running ledger.
#include <thread>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "core/base/command_runner.hpp"
#include "core/rails/xrp.hpp"
#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LocalPaymentsTest : public PaymentsTest {
protected:
    const std::string database_ = NewDatabase();
    RelayProcess relay_{database_, Local()};
};

TEST_F(LocalPaymentsTest, AnEventIsPaidForOnceHoweverOftenItComes)
{
    const auto channel = OpenChannel(payer_, 1'000);
    const auto event = Paid(payer_, channel, 30, 1);
    RelayClient client{relay_.port()};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(BalanceOf(relay_, payer_.key), "20");
    EXPECT_EQ(client.Query("{}"), std::vector{event.id});
}

TEST_F(LocalPaymentsTest, AClaimIsCreditedOnceHoweverManyEventsCarryIt)
{
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay_.port()};
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 20, 1, {.content = "a"})), "true");
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 20, 1, {.content = "b"})), "true");
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 20, 1, {.content = "c"})),
                HasSubstr("the balance is 0; the claim does not grow"));
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 15, 9, {.content = "d"})),
                HasSubstr("the claim does not grow"));
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 40, 1, {.content = "e"})),
                HasSubstr("nonce does not rise"));
}

TEST_F(LocalPaymentsTest, TwoConnectionsAtOnceCreditOneClaimOnce)
{
    const auto channel = OpenChannel(payer_, 10'000);
    const auto same = Paid(payer_, channel, 1'000, 1, {.content = "same"});
    const auto publish = [&](const std::string& name) {
        RelayClient client{relay_.port()};
        EXPECT_EQ(client.Publish(same), "true");
        for (int i = 0; i < 20; ++i) {
            const auto content = name + std::to_string(i);
            EXPECT_EQ(client.Publish(Paid(payer_, channel, 1'000, 1, {.content = content})),
                      "true");
        }
    };
    std::thread one{publish, "one"}, two{publish, "two"};
    one.join();
    two.join();
    EXPECT_EQ(BalanceOf(relay_, payer_.key), std::to_string(1'000 - 41 * 10));
}

TEST_F(LocalPaymentsTest, AnothersChannelPaysForNobodyElse)
{
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay_.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 10, 1)), "true");
    const auto stolen = Sign(other_.key, {.tags = {ClaimTag(payer_, channel, 50, 2)}});
    EXPECT_THAT(client.Publish(stolen), HasSubstr("the channel belongs to another key"));
    EXPECT_EQ(BalanceOf(relay_, other_.key), "0");
    relay_.Kill();
    relay_.Start();
    RelayClient again{relay_.port()};
    EXPECT_THAT(again.Publish(stolen), HasSubstr("the channel belongs to another key"));
}

TEST_F(LocalPaymentsTest, WhatTheLedgerWouldNotRedeemIsNoPayment)
{
    const auto channel = OpenChannel(payer_, 1'000);
    const auto elsewhere =
        OpenChannel(payer_, 1'000, {{"destination", rails::XrpKey::Generate().address()}});
    RelayClient client{relay_.port()};
    auto forged = ClaimTag(payer_, channel, 100, 1);
    forged[3] = "200";
    EXPECT_THAT(client.Publish(Sign(payer_.key, {.tags = {forged}})),
                StartsWith("false:restricted:"));
    EXPECT_THAT(client.Publish(Paid(payer_, elsewhere, 100, 1)),
                HasSubstr("the channel pays somebody else"));
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 1'001, 1)), StartsWith("false:restricted:"));
    EXPECT_THAT(client.Publish(Paid(payer_, std::string(64, 'F'), 100, 1)),
                HasSubstr("no such channel"));
    EXPECT_EQ(AccountOf(relay_, payer_.key).at("received"), "0");
}

TEST_F(LocalPaymentsTest, TheOwnerGetsTheBestClaimOfEachChannelToRedeem)
{
    const auto first = OpenChannel(payer_, 1'000), second = OpenChannel(other_, 1'000);
    RelayClient client{relay_.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, first, 10, 1, {.content = "a"})), "true");
    ASSERT_EQ(client.Publish(Paid(payer_, first, 40, 2, {.content = "b"})), "true");
    ASSERT_EQ(client.Publish(Paid(other_, second, 25, 1)), "true");
    ProcessRunner runner{1};
    const auto ran = runner.Run({.argv = {BERTH_BINARY_DIR "/relay-image/berth-relay", "claims"},
                                 .environment = EnvironmentOf(database_)},
                                Deadline::After(std::chrono::seconds{20}));
    ASSERT_TRUE(ran);
    ASSERT_EQ(ran->exit_code, 0) << ran->err;
    std::istringstream lines{ran->out};
    std::map<std::string, boost::json::value> claims;
    for (std::string line; std::getline(lines, line);) {
        auto claim = boost::json::parse(line);
        claims[Text(claim.at("channel"))] = claim;
    }
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_EQ(claims[first].at("amount"), "40");
    EXPECT_EQ(Text(claims[first].at("author")), payer_.key.pubkey());
    EXPECT_EQ(claims[first].at("currency"), "XRP");
    EXPECT_EQ(claims[second].at("amount"), "25");
    const auto signature = Text(claims[first].at("signature"));
    EXPECT_TRUE(rails::XrpClaimVerifier{}.Verify(
        {.channel_id = first, .cumulative = 40, .signature_hex = signature},
        payer_.channel_key.public_key_hex()));
}

TEST_F(LocalPaymentsTest, RetentionTellsWhoHasPaidFromWhoHasNot)
{
    RelayProcess relay{NewDatabase(),
                       Local({{"PAYMENT_FREE_KINDS", "7"}, {"RETENTION", "authors=other age=1h"}})};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay.port()};
    const auto kept = Sign(payer_.key, {.kind = 7, .created_at = Now() - 7'200});
    ASSERT_EQ(client.Publish(kept), "true");
    ASSERT_EQ(client.Publish(Sign(bob_, {.kind = 7, .created_at = Now() - 7'200})), "true");
    const auto paid = Paid(payer_, channel, 10, 1);
    ASSERT_EQ(client.Publish(paid), "true");
    relay.Terminate();
    relay.Start();  // It begins with a round.
    RelayClient again{relay.port()};
    EXPECT_TRUE(Becomes([&] { return again.Query("{}").size() == 2; }));
    EXPECT_EQ(again.Query(R"({"kinds":[7]})"), std::vector{kept.id});
}

}  // namespace
}  // namespace berth::relay::test
