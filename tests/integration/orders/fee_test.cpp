// What a transaction cost is read from the chain, whatever its worker says.
#include <gmock/gmock.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

class FeeTest : public ::testing::Test {
protected:
    /// A transaction of a new order's message, told by the worker as `state`, at a fee of 900,000.
    void Settle(const std::string& hash, const std::string& state = "committed")
    {
        const auto job = world_.ProvisionUntil(world_.PlaceOne(), "create_deployment");
        const auto message = world_.QueueMessage(job);
        v1::WalletReport report;
        auto& made = *report.add_transactions();
        made.set_hash(hash);
        made.set_signed_bytes("{}");
        made.set_timeout(ToUnixSeconds(world_.clock.Now()) + 300);
        made.set_fee_uakt("900000");
        made.add_messages(message);
        made.set_state("signed");
        world_.Exchange(report);
        report.mutable_transactions(0)->set_state(state);
        if (state != "expired") report.mutable_transactions(0)->set_height(90);
        world_.Exchange(report);
        world_.Exchange(report);  // Its answer may have been lost.
    }
    void OnChain(const std::string& hash, const std::string& signer,
                 const std::map<std::string, money::Amount>& fee)
    {
        world_.chain.PutTransaction(hash, {.height = 90,
                                           .codespace = {},
                                           .code = 0,
                                           .raw_log = {},
                                           .signer = signer,
                                           .fee = fee});
    }
    std::string Booked()
    {
        return world_.database.Value(
            "SELECT coalesce(string_agg(amount || asset || ' ' || usd_micros, ','), '') "
            "FROM entries WHERE debit = 'network_fees'");
    }
    std::string History()
    {
        return world_.database.Value(
            "SELECT coalesce(string_agg(outcome || ' ' || reason, ','), '') FROM job_history "
            "WHERE kind = 'book_fee'");
    }

    test::OrderWorld world_;
    const std::string hash_ = ToHex(RandomBytes(32));
};

TEST_F(FeeTest, IsWhatTheChainShowsAndNotWhatTheWorkerSays)
{
    OnChain(hash_, "akash1wallet", {{"uakt", 2'501}});
    Settle(hash_);
    EXPECT_EQ(Booked(), "") << "nothing is booked before the chain is read";
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "2501uakt 5002");
    EXPECT_FALSE(world_.BookFee());
    EXPECT_EQ(History(), "done ");
}

TEST_F(FeeTest, OfATransactionThatFailedIsPaidToo)
{
    OnChain(hash_, "akash1wallet", {{"uakt", 2'500}});
    Settle(hash_, "failed");
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "2500uakt 5000");
}

TEST_F(FeeTest, OfATransactionThatAnotherWalletSignedIsNotBooked)
{
    OnChain(hash_, "akash1stranger", {{"uakt", 2'500}});
    Settle(hash_);
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "");
    EXPECT_EQ(History(), "refused TX_SIGNED_BY_ANOTHER");
}

TEST_F(FeeTest, OfATransactionThatIsNotThereIsNotBookedAfterManyLooks)
{
    Settle(hash_);
    for (int i = 0; i < 19; ++i) {
        ASSERT_TRUE(world_.BookFee());
        ASSERT_EQ(History(), "") << i;
    }
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "");
    EXPECT_EQ(History(), "refused TX_NOT_FOUND");
    EXPECT_FALSE(world_.BookFee());
}

TEST_F(FeeTest, IsBookedWhenTheNodeShowsTheTransactionLater)
{
    Settle(hash_);
    ASSERT_TRUE(world_.BookFee());
    OnChain(hash_, "akash1wallet", {{"uakt", 2'500}});
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "2500uakt 5000");
}

TEST_F(FeeTest, OfATransactionThatIsSaidToHaveExpiredIsBookedIfItIsThere)
{
    OnChain(hash_, "akash1wallet", {{"uakt", 2'500}});
    Settle(hash_, "expired");
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "2500uakt 5000");
}

TEST_F(FeeTest, OfATransactionThatExpiredIsLookedForOnce)
{
    Settle(hash_, "expired");
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(History(), "refused TX_NOT_FOUND");
}

TEST_F(FeeTest, WhatIsNoHashIsNotGivenToAProgram)
{
    OnChain("--node=http://evil", "akash1wallet", {{"uakt", 2'500}});
    Settle("--node=http://evil", "expired");
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "");
    EXPECT_EQ(History(), "refused TX_NOT_FOUND");
}

TEST_F(FeeTest, InAnotherAssetIsNotBooked)
{
    OnChain(hash_, "akash1wallet", {{"ibc/1A", 2'500}});
    Settle(hash_);
    ASSERT_TRUE(world_.BookFee());
    EXPECT_EQ(Booked(), "");
    EXPECT_EQ(History(), "refused TX_FEE_IN_ANOTHER_ASSET");
}

TEST(FeeShares, AddUpToTheFeeWhoeverSharesIt)
{
    using Shares = std::map<std::string, money::Amount>;
    EXPECT_EQ(proof::SharesOf(2'500, {"a"}), (Shares{{"a", 2'500}}));
    EXPECT_EQ(proof::SharesOf(2'501, {"b", "a"}), (Shares{{"a", 1'250}, {"b", 1'251}}));
    EXPECT_EQ(proof::SharesOf(2'500, {"a", "b", "a"}), (Shares{{"a", 1'667}, {"b", 833}}));
    EXPECT_EQ(proof::SharesOf(2'500, {}), Shares{});
}

}  // namespace
}  // namespace berth
