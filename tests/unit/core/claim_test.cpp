#include <gtest/gtest.h>

#include "core/rails/claim.hpp"

namespace berth::rails {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow = FromUnixSeconds(1'767'225'600);

ChannelState AChannel()
{
    return {.capacity = 1'000'000,
            .redeemed = 0,
            .accepted = 5'000,
            .settle_delay = 24h,
            .deadline = {},
            .close_requested = false,
            .closed = false,
            .owner = "alice"};
}

Result<money::Amount> Credit(money::Amount cumulative, const ChannelState& channel)
{
    const ClaimPolicy policy{.min_growth = 1'000};
    return CreditOf(cumulative, "alice", channel, policy, kNow);
}

TEST(ClaimTest, CreditsTheGrowthOnly)
{
    EXPECT_EQ(*Credit(12'000, AChannel()), money::Amount{7'000});
    auto redeemed = AChannel();
    redeemed.redeemed = 8'000;
    EXPECT_EQ(*Credit(12'000, redeemed), money::Amount{4'000});
}

TEST(ClaimTest, CreditsNothingForTheAcceptedAmountAgain)
{
    EXPECT_EQ(*Credit(5'000, AChannel()), money::Amount{});
    auto fresh = AChannel();
    fresh.accepted = 0;
    fresh.redeemed = 5'000;
    EXPECT_EQ(Credit(5'000, fresh).error().reason, "NOT_INCREASING");
}

TEST(ClaimTest, RefusesAmountsThatAreNone)
{
    EXPECT_EQ(Credit(0, AChannel()).error().reason, "BAD_AMOUNT");
    EXPECT_EQ(Credit(-1, AChannel()).error().reason, "BAD_AMOUNT");
    const auto wide = money::Amount::FromRaw(money::Int128{1} << 64);
    EXPECT_EQ(Credit(wide, AChannel()).error().reason, "BAD_AMOUNT");
}

TEST(ClaimTest, CreditsNothingNearTheEndOfAChannel)
{
    auto channel = AChannel();
    channel.deadline = kNow;
    EXPECT_EQ(Credit(12'000, channel).error().reason, "CHANNEL_EXPIRED");
    channel.deadline = kNow + 6h - 1s;
    EXPECT_EQ(Credit(12'000, channel).error().reason, "CHANNEL_CLOSING");
    channel.deadline = kNow + 6h;
    EXPECT_TRUE(Credit(12'000, channel).has_value());
    channel.close_requested = true;
    EXPECT_EQ(Credit(12'000, channel).error().reason, "CHANNEL_CLOSING");
    channel.closed = true;
    EXPECT_EQ(Credit(12'000, channel).error().reason, "CHANNEL_CLOSED");
}

TEST(ClaimTest, TellsAStrangerNothingOfTheChannel)
{
    auto channel = AChannel();
    channel.owner = "bob";
    channel.closed = true;
    EXPECT_EQ(Credit(12'000, channel).error().reason, "NOT_OWNER");
}

}  // namespace
}  // namespace berth::rails
