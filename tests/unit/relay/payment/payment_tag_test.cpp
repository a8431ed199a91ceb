#include "relay-image/payment/payment_tag.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

const std::string kChannel(64, 'A');

nostr::Event With(std::vector<nostr::Tag> tags)
{
    nostr::Event event;
    event.tags = std::move(tags);
    return event;
}

nostr::Tag Good() { return {"payment", "ilp", kChannel, "1000", "7", "30ab", "XRP"}; }

TEST(PaymentTagTest, AnEventWithoutAClaimHasNone)
{
    EXPECT_EQ(ReadPaymentTag(With({{"t", "x"}})).value(), std::nullopt);
    EXPECT_EQ(ReadPaymentTag(With({{"payment"}, {"payment", "cash", "1"}})).value(), std::nullopt);
}

TEST(PaymentTagTest, ReadsTheSevenItems)
{
    const auto tag = ReadPaymentTag(With({{"t", "x"}, Good()})).value();
    ASSERT_TRUE(tag);
    EXPECT_EQ(tag->channel_id, kChannel);
    EXPECT_EQ(tag->cumulative, money::Amount{1000});
    EXPECT_EQ(tag->nonce, 7U);
    EXPECT_EQ(tag->signature, "30ab");
    EXPECT_EQ(tag->currency, "XRP");
}

TEST(PaymentTagTest, AChannelOfTheXrpLedgerHasOneNameInEitherCase)
{
    auto lower = Good();
    lower[2] = std::string(64, 'a');
    EXPECT_EQ(ReadPaymentTag(With({lower})).value()->channel_id, kChannel);
}

TEST(PaymentTagTest, TakesSixtyFourBitsAndNotOneMore)
{
    auto tag = Good();
    tag[3] = "18446744073709551615";
    EXPECT_EQ(ReadPaymentTag(With({tag})).value()->cumulative.ToString(), "18446744073709551615");
    tag[3] = "18446744073709551616";
    EXPECT_EQ(ReadPaymentTag(With({tag})).error().reason, "BAD_PAYMENT_TAG");
    tag = Good();
    tag[4] = "18446744073709551616";
    EXPECT_EQ(ReadPaymentTag(With({tag})).error().reason, "BAD_PAYMENT_TAG");
}

TEST(PaymentTagTest, ANumberIsPlainDigits)
{
    for (const auto* text :
         {"", "0", "-1", "+1", "01", "1e3", "1000abc", " 1", "1 ", "0x10", "1.0", "\xd9\xa1"}) {
        auto tag = Good();
        tag[3] = text;
        EXPECT_FALSE(ReadPaymentTag(With({tag}))) << '"' << text << '"';
    }
}

TEST(PaymentTagTest, RefusesWhatIsNotWritten)
{
    auto short_one = Good();
    short_one.pop_back();
    auto long_one = Good();
    long_one.emplace_back("more");
    auto no_hex = Good();
    no_hex[5] = "0xzz";
    auto unknown = Good();
    unknown[6] = "DOGE";
    auto channel = Good();
    channel[2] = "a channel";
    auto long_channel = Good();
    long_channel[2] = std::string(129, 'a');
    for (const auto& tag : {short_one, long_one, no_hex, unknown, channel, long_channel}) {
        EXPECT_FALSE(ReadPaymentTag(With({tag}))) << tag[2] << tag[5];
    }
}

TEST(PaymentTagTest, TwoClaimsAreRefusedRatherThanOneBeingChosen)
{
    EXPECT_EQ(ReadPaymentTag(With({Good(), Good()})).error().reason, "BAD_PAYMENT_TAG");
}

}  // namespace
}  // namespace berth::relay
