#include <algorithm>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/integration/payments/payment_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;
using test::Payer;

class ClaimsTest : public ::testing::Test {
protected:
    void ExpectRefused(const test::PaymentWorld::Submitted& answer, const std::string& reason)
    {
        ASSERT_FALSE(answer) << "wanted " << reason;
        EXPECT_EQ(answer.error().reason, reason) << answer.error().message;
    }

    std::string Count(const std::string& table)
    {
        return world_.database.Value("SELECT count(*) FROM " + table);
    }

    test::PaymentWorld world_;
    Payer payer_;
};

TEST_F(ClaimsTest, AClaimThatCoversWhatIsDueHoldsItAndQueuesTheOrder)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 4'000'000);
    const auto answer = world_.Submit(world_.ClaimEvent(payer_, channel, 5'000'000, order));
    ASSERT_TRUE(answer) << answer.error().reason << ' ' << answer.error().message;
    EXPECT_EQ(answer->credited(), "5000000");
    EXPECT_EQ(answer->channel().unapplied(), "1000000");
    EXPECT_EQ(answer->channel().held(), "4000000");
    EXPECT_EQ(answer->order().state(), v1::ORDER_STATE_QUEUED);
    EXPECT_EQ(world_.StateOf(order), "ORDER_STATE_QUEUED");
    EXPECT_EQ(world_.database.Value("SELECT usd_micros FROM holds"), "12000000");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs WHERE kind = 'provision'"), "1");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(ClaimsTest, TheSameEventHasTheSameAnswerForEver)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 1'000'000);
    const auto event = world_.ClaimEvent(payer_, channel, 2'000'000, order);
    const auto first = world_.Submit(event);
    ASSERT_TRUE(first);
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 3'000'000)));
    const auto again = world_.Submit(event);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(Count("claims"), "2");
}

TEST_F(ClaimsTest, TheSameClaimInAnotherEventForTheSameOrderCreditsNothing)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 1'000'000);
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 2'000'000, order)));
    const auto again = world_.Submit(world_.ClaimEvent(payer_, channel, 2'000'000, order));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->credited(), "0");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(ClaimsTest, OneClaimDoesNotPayTwoOrders)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto first = world_.PlaceOrder(payer_, 1'000'000);
    const auto second = world_.PlaceOrder(payer_, 1'000'000);
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000'000, first)));
    ExpectRefused(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000'000, second)),
                  "NOT_INCREASING");
    EXPECT_EQ(world_.StateOf(second), "ORDER_STATE_AWAITING_PAYMENT");
}

TEST_F(ClaimsTest, ConcurrentClaimsOnOneChannelCreditExactlyTheirGrowth)
{
    const auto channel = world_.OpenAndRegister(payer_, 100'000'000);
    std::vector<std::string> events;
    for (int i = 1; i <= 80; ++i) {
        events.push_back(world_.ClaimEvent(payer_, channel, (i * 37 % 80 + 1) * 1'000));
        if (i % 4 == 0) events.push_back(events.back());
    }
    std::vector<std::thread> payers;
    for (std::size_t start = 0; start < 8; ++start) {
        payers.emplace_back([&, start] {
            for (auto i = start; i < events.size(); i += 8) {
                const auto answer = world_.Submit(events[i]);
                EXPECT_TRUE(answer || answer.error().reason == "NOT_INCREASING");
            }
        });
    }
    for (auto& payer : payers) payer.join();
    EXPECT_EQ(world_.database.Value("SELECT accepted FROM channels"), "80000");
    EXPECT_EQ(world_.database.Value("SELECT sum(credited) FROM claims"), "80000");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(ClaimsTest, ABadRowDoesNotFailItsNeighbours)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 1'000);
    // Something that BookClaim cannot foresee: the order had its hold before.
    world_.database.Value("INSERT INTO holds VALUES ('" + payer_.id() + "', '" + order +
                          "', 'xrp', 'X', 'xrp', 1, 1, '', 'released')");
    const auto bad = world_.ClaimEvent(payer_, channel, 5'000, order);
    std::vector<std::string> good;
    Payer others[4];
    for (auto& other : others) {
        good.push_back(world_.ClaimEvent(other, world_.OpenAndRegister(other, 1'000'000), 7'000));
    }
    std::vector<std::thread> payers;
    payers.emplace_back([&] { ExpectRefused(world_.Submit(bad), "NOT_BOOKED"); });
    for (const auto& event : good) {
        payers.emplace_back([&] { EXPECT_TRUE(world_.Submit(event)); });
    }
    for (auto& payer : payers) payer.join();
    EXPECT_EQ(world_.database.Value("SELECT sum(credited) FROM claims"), "28000");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(ClaimsTest, AnExpiredQuoteKeepsTheCreditAndQueuesNothing)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 1'000'000, -1s);
    const auto answer = world_.Submit(world_.ClaimEvent(payer_, channel, 2'000'000, order));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->channel().unapplied(), "2000000");
    EXPECT_EQ(answer->order().state(), v1::ORDER_STATE_AWAITING_PAYMENT);
}

TEST_F(ClaimsTest, ASecondClaimCompletesWhatTheFirstLeftShort)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 3'000'000);
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 2'000'000, order)));
    EXPECT_EQ(world_.StateOf(order), "ORDER_STATE_AWAITING_PAYMENT");
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 3'000'000, order)));
    EXPECT_EQ(world_.StateOf(order), "ORDER_STATE_QUEUED");
}

TEST_F(ClaimsTest, WhatIsNotTheCallersDoesNotExistForHim)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    const auto order = world_.PlaceOrder(payer_, 1'000'000);
    Payer thief;
    const auto own = world_.OpenAndRegister(thief, 10'000'000);
    ExpectRefused(world_.Submit(world_.ClaimEvent(thief, channel, 1'000'000)), "UNKNOWN_CHANNEL");
    ExpectRefused(world_.Submit(world_.ClaimEvent(thief, own, 1'000'000, order)), "UNKNOWN_ORDER");
    EXPECT_EQ(Count("claims"), "0");
    v1::GetChannelRequest request;
    request.set_name("channels/xrp-" + channel);
    EXPECT_EQ(world_.handlers.GetChannel(world_.CallOf(thief), request).error().reason,
              "UNKNOWN_CHANNEL");
}

TEST_F(ClaimsTest, AForgedSignatureIsRefused)
{
    const auto channel = world_.OpenAndRegister(payer_, 10'000'000);
    Payer forger{.key = payer_.key, .channel_key = rails::XrpKey::Generate()};
    ExpectRefused(world_.Submit(world_.ClaimEvent(forger, channel, 1'000'000)),
                  "BAD_CLAIM_SIGNATURE");
    EXPECT_EQ(Count("claims"), "0");
}

TEST_F(ClaimsTest, NothingAboveTheCapacityIsCreditedUntilItIsFunded)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    ExpectRefused(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000'001)), "OVER_CAPACITY");
    world_.chain.Ask("sandbox_fund", {{"channel_id", channel}, {"amount", "1"}});
    EXPECT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000'001)));
}

TEST_F(ClaimsTest, AChannelThatIsBeingClosedIsCreditedNoMore)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    world_.chain.Ask("sandbox_request_close", {{"channel_id", channel}});
    ExpectRefused(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000)), "CHANNEL_CLOSING");
    EXPECT_EQ(world_.database.Value("SELECT status FROM channels"), "closing");
    world_.chain.Ask("sandbox_close_channel", {{"channel_id", channel}});
    ExpectRefused(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000)), "CHANNEL_CLOSED");
}

TEST_F(ClaimsTest, WhatThePayerPushesOnChainIsHisUnappliedCredit)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    world_.chain.Ask("sandbox_pay_out", {{"channel_id", channel}, {"amount", "300000"}});
    v1::GetChannelRequest request;
    request.set_name("channels/xrp-" + channel);
    const auto seen = world_.handlers.GetChannel(world_.CallOf(payer_), request);
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_EQ(seen->channel().redeemed(), "300000");
    EXPECT_EQ(seen->channel().unapplied(), "300000");
    ExpectRefused(world_.Submit(world_.ClaimEvent(payer_, channel, 200'000)), "NOT_INCREASING");
    const auto answer = world_.Submit(world_.ClaimEvent(payer_, channel, 400'000));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->credited(), "100000");
    world_.ExpectBooksAndChannelsAgree();
}

TEST_F(ClaimsTest, ARehearsalStoresNothing)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    const auto answer = world_.Submit(world_.ClaimEvent(payer_, channel, 1'000), true);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->credited(), "1000");
    EXPECT_EQ(Count("claims"), "0");
    EXPECT_EQ(world_.database.Value("SELECT accepted FROM channels"), "0");
}

TEST_F(ClaimsTest, ClaimsAreListedNewestFirstByPages)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    for (int i = 1; i <= 5; ++i) {
        ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, i * 1'000)));
    }
    v1::ListClaimsRequest request;
    request.set_page_size(2);
    std::vector<std::string> seen;
    for (;;) {
        const auto page = world_.handlers.ListClaims(world_.CallOf(payer_), request);
        ASSERT_TRUE(page) << page.error().message;
        for (const auto& claim : page->claims()) seen.push_back(claim.cumulative());
        if (page->next_page_token().empty()) break;
        request.set_page_token(page->next_page_token());
    }
    EXPECT_THAT(seen, ::testing::ElementsAre("5000", "4000", "3000", "2000", "1000"));
}

TEST_F(ClaimsTest, TheBalanceIsToldAtFirstAndThenWhenItChanges)
{
    const auto channel = world_.OpenAndRegister(payer_, 1'000'000);
    auto feed = world_.handlers.WatchBalance(world_.CallOf(payer_), {});
    ASSERT_TRUE(feed);
    ASSERT_EQ((*feed)->Pull(Deadline::max())->messages.at(0).unapplied(), "0");
    EXPECT_TRUE((*feed)->Pull(Deadline::max())->messages.empty());
    ASSERT_TRUE(world_.Submit(world_.ClaimEvent(payer_, channel, 1'000)));
    EXPECT_EQ((*feed)->Pull(Deadline::max())->messages.at(0).unapplied(), "1000");
}

TEST_F(ClaimsTest, NoInvoiceIsGivenOnARailThatIsNotServed)
{
    v1::CreateInvoiceRequest request;
    request.set_rail("btc");
    const auto refused = world_.handlers.CreateInvoice(world_.CallOf(payer_), request);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnimplemented);
    EXPECT_EQ(refused.error().reason, "RAIL_NOT_SERVED");
}

}  // namespace
}  // namespace berth
