#include <gmock/gmock.h>

#include "marketplace/claims/channel_view.hpp"
#include "tests/integration/payments/payment_world.hpp"

namespace berth {
namespace {

using test::Payer;

class RegistrationTest : public ::testing::Test {
protected:
    void ExpectRefused(const std::string& channel, const std::string& reason)
    {
        const auto answer = world_.Register(payer_, channel);
        ASSERT_FALSE(answer) << "wanted " << reason;
        EXPECT_EQ(answer.error().reason, reason) << answer.error().message;
        EXPECT_EQ(world_.database.Value("SELECT count(*) FROM channels"), "0");
    }

    test::PaymentWorld world_;
    Payer payer_;
};

TEST_F(RegistrationTest, AProvenChannelIsRegisteredOnceAndObservedFromThenOn)
{
    const auto channel = world_.OpenChannel(payer_, 1'000'000);
    const auto first = world_.Register(payer_, channel);
    ASSERT_TRUE(first) << first.error().reason << ' ' << first.error().message;
    EXPECT_EQ(first->channel().capacity(), "1000000");
    EXPECT_EQ(first->channel().status(), "open");
    ASSERT_TRUE(world_.Register(payer_, channel));
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM channels"), "1");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs WHERE kind = 'observe_channel'"),
              "1");
}

TEST_F(RegistrationTest, WhatWasPaidOutBeforeIsNotCredited)
{
    const auto channel = world_.OpenChannel(payer_, 1'000'000);
    world_.chain.Ask("sandbox_pay_out", {{"channel_id", channel}, {"amount", "300000"}});
    ASSERT_TRUE(world_.Register(payer_, channel));
    const auto answer = world_.Submit(world_.ClaimEvent(payer_, channel, 310'000));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->credited(), "10000");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(RegistrationTest, ARegisteredChannelIsTakenForEverybodyElse)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    const Payer other{.key = nostr::SecretKey::Generate(), .channel_key = payer_.channel_key};
    EXPECT_EQ(world_.Register(other, channel).error().reason, "CHANNEL_TAKEN");
}

TEST_F(RegistrationTest, AnotherKeyThanTheLedgersProvesNothing)
{
    const auto channel = world_.OpenChannel(Payer{}, 1'000'000);
    ExpectRefused(channel, "BAD_CHANNEL_PROOF");
}

TEST_F(RegistrationTest, WhatWeCouldNotRedeemIsRefused)
{
    const auto elsewhere = rails::XrpKey::Generate().address();
    ExpectRefused(world_.OpenChannel(payer_, 1'000, {{"destination", elsewhere}}), "WRONG_PAYEE");
    ExpectRefused(world_.OpenChannel(payer_, 1'000, {{"destination_tag", 7}}),
                  "WRONG_DESTINATION_TAG");
    ExpectRefused(world_.OpenChannel(payer_, 1'000, {{"settle_delay", 3'599}}),
                  "SETTLE_DELAY_TOO_SHORT");
    ExpectRefused(std::string(64, 'A'), "UNKNOWN_CHANNEL");
    ExpectRefused("channel", "BAD_CHANNEL_ID");
    const auto paid_out = world_.OpenChannel(payer_, 1'000);
    world_.chain.Ask("sandbox_pay_out", {{"channel_id", paid_out}, {"amount", "1000"}});
    ExpectRefused(paid_out, "CHANNEL_EMPTY");
    const auto closing = world_.OpenChannel(payer_, 1'000);
    world_.chain.Ask("sandbox_request_close", {{"channel_id", closing}});
    ExpectRefused(closing, "CHANNEL_CLOSING");
}

TEST(ChannelKeyTest, ARailThatIsNotServedIsToldFromOneThatIsNone)
{
    const std::string customer(64, 'a');
    const std::string channel_id(64, 'c');
    EXPECT_TRUE(claims::ReadChannelKey(customer, "xrp", channel_id));
    const auto unserved = claims::ReadChannelKey(customer, "base", channel_id).error();
    EXPECT_EQ(unserved.code, ErrorCode::kUnimplemented);
    EXPECT_EQ(unserved.reason, "RAIL_NOT_SERVED");
    const auto unknown = claims::ReadChannelKey(customer, "Xrp", channel_id).error();
    EXPECT_EQ(unknown.code, ErrorCode::kInvalid);
    EXPECT_EQ(unknown.reason, "UNKNOWN_RAIL");
}

TEST_F(RegistrationTest, MoneyOfAnotherNetworkIsRefused)
{
    const auto channel = world_.OpenChannel(payer_, 1'000'000);
    world_.chain.Ask("sandbox_set_network_id", {{"network_id", 1}});
    ExpectRefused(channel, "WRONG_NETWORK");
}

}  // namespace
}  // namespace berth
