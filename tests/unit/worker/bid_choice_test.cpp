#include "worker/provision/bid_choice.hpp"

#include "akash/lease_price.hpp"
#include "tests/unit/worker/an_order.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

// At six seconds a block, 2,592,000 s have 432,000 blocks: 23 uact a block is 9.94 dollars.
constexpr auto kBlock = 6000ms;

class BidChoiceTest : public testing::Test {
protected:
    BidChoice Choose(const std::vector<akash::Bid>& bids, std::chrono::milliseconds block = kBlock)
    {
        return ChooseAmong(bids, job_.order(), denom_, block);
    }
    akash::Bid InAkt(const std::string& provider, std::int64_t uakt_per_block)
    {
        auto bid = ABid(provider, uakt_per_block);
        bid.price.denom = "uakt";
        return bid;
    }
    std::string denom_ = "uact";
    v1::Job job_ = AJob("choose_bid");
};

TEST_F(BidChoiceTest, TakesTheCheapestWithinTheCeilingAndSaysWhyNotTheOthers)
{
    const auto choice = Choose({ABid("dear", 24), ABid("good", 20), ABid("better", 10)});
    ASSERT_TRUE(choice.chosen);
    EXPECT_EQ(choice.chosen->id.provider, "better");
    ASSERT_EQ(choice.verdicts.size(), 3U);
    EXPECT_EQ(choice.verdicts[0].monthly_usd_micros(), 24 * 432'000);
    EXPECT_NE(choice.verdicts[0].reason().find("ceiling"), std::string::npos);
    EXPECT_NE(choice.verdicts[1].reason().find("cheaper"), std::string::npos);
    EXPECT_TRUE(choice.verdicts[2].chosen());
    EXPECT_TRUE(choice.verdicts[2].reason().empty());
}

TEST_F(BidChoiceTest, CountsWithTheMeasuredTimeOfABlock)
{
    EXPECT_TRUE(Choose({ABid("p", 20)}, 6000ms).chosen);
    EXPECT_FALSE(Choose({ABid("p", 20)}, 1000ms).chosen);
}

TEST_F(BidChoiceTest, CountsWithThePriceOfAct)
{
    job_.mutable_order()->set_act_price_usd_e8(200'000'000);
    EXPECT_FALSE(Choose({ABid("p", 12)}).chosen);
    EXPECT_TRUE(Choose({ABid("p", 11)}).chosen);
}

TEST_F(BidChoiceTest, TakesNoBidInAnotherCurrencyOrOnAnotherDeployment)
{
    auto foreign = ABid("foreign", 1);
    foreign.price.denom = "uakt";
    auto elsewhere = ABid("elsewhere", 1);
    elsewhere.id.dseq = 78;
    const auto choice = Choose({foreign, elsewhere});
    EXPECT_FALSE(choice.chosen);
    ASSERT_EQ(choice.verdicts.size(), 1U);
    EXPECT_FALSE(choice.verdicts[0].reason().empty());
}

TEST_F(BidChoiceTest, TakesTheFirstByAddressOfEqualOnes)
{
    EXPECT_EQ(Choose({ABid("b", 5), ABid("a", 5)}).chosen->id.provider, "a");
}

TEST_F(BidChoiceTest, AcceptsWhatTheSdlsOwnCeilingAllows)
{
    job_.mutable_order()->set_akt_price_usd_e8(314'000'000);
    for (const std::string denom : {"uact", "uakt"}) {
        const auto ceiling = CeilingPerBlockE18(job_.order(), denom, kBlock);
        ASSERT_TRUE(ceiling);
        const auto monthly = akash::MonthlyUsdMicros({.denom = denom, .amount_e18 = *ceiling},
                                                     *WholePriceE8(job_.order(), denom), kBlock);
        EXPECT_LE(monthly, money::Amount{job_.order().ceiling_lease_usd_micros()});
        EXPECT_GE(monthly, money::Amount{job_.order().ceiling_lease_usd_micros() - 1});
    }
}

TEST_F(BidChoiceTest, HoldsABidInAktAgainstTheCeilingWithThePriceOfAkt)
{
    denom_ = "uakt";
    job_.mutable_order()->set_akt_price_usd_e8(200'000'000);
    const auto choice = Choose({InAkt("dear", 12), InAkt("good", 11)});
    ASSERT_TRUE(choice.chosen);
    EXPECT_EQ(choice.chosen->id.provider, "good");
    EXPECT_EQ(choice.verdicts[0].monthly_usd_micros(), 2 * 12 * 432'000);
    EXPECT_NE(choice.verdicts[0].reason().find("ceiling"), std::string::npos);
}

TEST_F(BidChoiceTest, TakesNoBidInWhatHasNoPrice)
{
    denom_ = "uakt";
    const auto choice = Choose({InAkt("p", 1)});
    EXPECT_FALSE(choice.chosen);
    EXPECT_NE(choice.verdicts[0].reason().find("no price of uakt"), std::string::npos);
    job_.mutable_order()->set_akt_price_usd_e8(200'000'000);
    for (const auto* denom : {"ibc/1A", "akt", "UACT", ""}) {
        EXPECT_FALSE(WholePriceE8(job_.order(), denom)) << denom;
        EXPECT_EQ(CeilingPerBlockE18(job_.order(), denom, kBlock).error().reason, "NO_PRICE");
    }
}

}  // namespace
}  // namespace berth::worker
