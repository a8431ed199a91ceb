#include "relay-image/payment/local_verifier.hpp"

#include <gtest/gtest.h>

#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::relay {
namespace {

using money::Amount;

const std::string kChannel(64, 'A');

/// A ledger with one channel.
class FakeLedger final : public rails::ChannelLedger {
public:
    std::string_view rail() const override { return "xrp"; }
    Result<std::string> Network(Deadline) override { return network; }
    Result<std::optional<rails::ChannelOnChain>> Read(const std::string& id, Deadline) override
    {
        ++reads;
        if (down) return Fail(ErrorCode::kUnavailable, "LEDGER_UNAVAILABLE", "Down.");
        if (id != kChannel) return std::optional<rails::ChannelOnChain>{};
        return std::optional{channel};
    }

    rails::ChannelOnChain channel;
    std::string network = "xrpl:1";
    bool down = false;
    int reads = 0;
};

class LocalVerifierTest : public testing::Test {
protected:
    LocalVerifierTest()
    {
        ledger_.channel = {.channel_id = kChannel,
                           .payer = payer_.address(),
                           .payee = "rOwner",
                           .public_key = payer_.public_key_hex(),
                           .capacity = 1000,
                           .redeemed = {},
                           .settle_delay = std::chrono::hours{1},
                           .deadline = {},
                           .close_requested = false,
                           .destination_tag = 7,
                           .ledger = 10,
                           .ledger_time = FromUnixSeconds(1'700'000'000)};
    }

    Result<Amount> Verify(std::int64_t drops, std::int64_t accepted = 0)
    {
        return VerifyTag(TagOf(drops), accepted);
    }
    Result<Amount> VerifyTag(PaymentTag tag, std::int64_t accepted = 0)
    {
        return verifier_.Verify(
            {.tag = std::move(tag), .author = "author", .event_id = "e", .accepted = accepted},
            Deadline::max());
    }
    PaymentTag TagOf(std::int64_t drops)
    {
        return {.channel_id = kChannel,
                .cumulative = drops,
                .nonce = 1,
                .signature = payer_.SignClaim(kChannel, drops).value(),
                .currency = "XRP"};
    }
    std::string ReasonOf(const Result<Amount>& verified)
    {
        return verified ? "" : verified.error().reason;
    }

    const rails::XrpKey payer_ = rails::XrpKey::Generate();
    FakeLedger ledger_;
    const rails::XrpClaimVerifier signatures_;
    LocalVerifier verifier_{
        ledger_, signatures_, {.payee = "rOwner", .destination_tag = 7, .network = "xrpl:1"}};
};

TEST_F(LocalVerifierTest, AGoodClaimCountsAboveWhatWasAcceptedOrPaidOut)
{
    EXPECT_EQ(Verify(100).value(), Amount{0});
    EXPECT_EQ(Verify(200, 150).value(), Amount{150});
}

TEST_F(LocalVerifierTest, WhatTheLedgerHasPaidOutIsNotCredited)
{
    ledger_.channel.redeemed = 60;
    EXPECT_EQ(Verify(100).value(), Amount{60});
    EXPECT_EQ(ReasonOf(Verify(50)), "NOT_INCREASING");
}

TEST_F(LocalVerifierTest, AnotherPayeeOrTagIsRefused)
{
    ledger_.channel.payee = "rStranger";
    EXPECT_EQ(ReasonOf(Verify(100)), "WRONG_PAYEE");
    ledger_.channel.payee = "rOwner";
    ledger_.channel.destination_tag = 8;
    EXPECT_EQ(ReasonOf(Verify(100)), "WRONG_DESTINATION_TAG");
    ledger_.channel.destination_tag.reset();
    EXPECT_EQ(ReasonOf(Verify(100)), "WRONG_DESTINATION_TAG");
}

TEST_F(LocalVerifierTest, TheSignatureIsOfTheChannelsKeyOverThisAmountOfThisChannel)
{
    auto tag = TagOf(100);
    tag.cumulative = 101;
    EXPECT_EQ(ReasonOf(VerifyTag(tag)), "BAD_CLAIM_SIGNATURE");
    tag = TagOf(100);
    tag.signature = rails::XrpKey::Generate().SignClaim(kChannel, 100).value();
    EXPECT_EQ(ReasonOf(VerifyTag(tag)), "BAD_CLAIM_SIGNATURE");
    tag = TagOf(100);
    tag.signature = payer_.SignClaim(std::string(64, 'B'), 100).value();
    EXPECT_EQ(ReasonOf(VerifyTag(tag)), "BAD_CLAIM_SIGNATURE");
}

TEST_F(LocalVerifierTest, AChannelThatIsNotThereIsRefusedWithoutDoubt)
{
    auto tag = TagOf(100);
    tag.channel_id = std::string(64, 'B');
    const auto verified = VerifyTag(tag);
    EXPECT_EQ(ReasonOf(verified), "UNKNOWN_CHANNEL");
    EXPECT_FALSE(IsOutage(verified.error()));
    tag.channel_id = "no channel";
    EXPECT_EQ(ReasonOf(VerifyTag(tag)), "BAD_CHANNEL_ID");
}

TEST_F(LocalVerifierTest, MoreThanTheChannelHoldsIsReadAgainAndThenRefused)
{
    EXPECT_TRUE(Verify(100));
    EXPECT_EQ(ReasonOf(Verify(1001, 100)), "OVER_CAPACITY");
    ledger_.channel.capacity = 2000;
    EXPECT_TRUE(Verify(1001, 100));
}

TEST_F(LocalVerifierTest, AChannelThatIsAboutToEndPaysForNothing)
{
    ledger_.channel.deadline = ledger_.channel.ledger_time + std::chrono::minutes{5};
    EXPECT_EQ(ReasonOf(Verify(100)), "CHANNEL_CLOSING");
    ledger_.channel.deadline = ledger_.channel.ledger_time;
    EXPECT_EQ(ReasonOf(Verify(100)), "CHANNEL_EXPIRED");
    ledger_.channel.deadline.reset();
    ledger_.channel.settle_delay = std::chrono::seconds{60};
    EXPECT_EQ(ReasonOf(Verify(100)), "SETTLE_DELAY_TOO_SHORT");
}

TEST_F(LocalVerifierTest, ABurstOfClaimsAsksTheNodeOnce)
{
    for (int drops = 1; drops <= 20; ++drops) EXPECT_TRUE(Verify(drops, drops - 1));
    EXPECT_EQ(ledger_.reads, 1);
}

TEST_F(LocalVerifierTest, ANodeThatDoesNotAnswerOrIsOfAnotherNetworkIsAnOutage)
{
    ledger_.down = true;
    EXPECT_TRUE(IsOutage(Verify(100).error()));
    ledger_.down = false;
    ledger_.network = "xrpl:0";
    EXPECT_TRUE(IsOutage(Verify(100).error()));
    EXPECT_FALSE(verifier_.Check(Deadline::max()));
}

TEST_F(LocalVerifierTest, AnotherCurrencyIsRefused)
{
    auto tag = TagOf(100);
    tag.currency = "BTC";
    EXPECT_EQ(ReasonOf(VerifyTag(tag)), "UNKNOWN_CURRENCY");
}

TEST_F(LocalVerifierTest, TellsWhereToPay)
{
    const auto terms = verifier_.Check(Deadline::max()).value();
    EXPECT_EQ(terms.payee, "rOwner");
    EXPECT_EQ(terms.destination_tag, "7");
    EXPECT_EQ(terms.network, "xrpl:1");
    EXPECT_EQ(terms.min_settle_delay, 3600);
}

}  // namespace
}  // namespace berth::relay
