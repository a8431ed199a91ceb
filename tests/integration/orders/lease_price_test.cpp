#include <gmock/gmock.h>

#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

/// Leases that are not paid in ACT. One AKT is two dollars; at 12 s a block 2,592,000 s have
/// 216,000 blocks, and the plan's ceiling is 7 dollars.
class LeasePriceTest : public ::testing::Test {
protected:
    LeasePriceTest() { world_.lease_denom = "uakt"; }

    /// An order whose worker has proven its relay and its lease; the marketplace has looked at it.
    v1::Order Verified()
    {
        order_id_ = world_.PlaceOne();
        const auto job = world_.ProvisionUntil(order_id_, "verify_relay");
        EXPECT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
        EXPECT_TRUE(world_.RunOwnJob());
        return world_.Get(order_id_);
    }
    std::string Cost(const std::string& asset)
    {
        return world_.database.Value(
            "SELECT coalesce(sum(amount * CASE debit WHEN 'lease_cost' THEN 1 ELSE -1 END), 0) || "
            "' ' || coalesce(sum(usd_micros * CASE debit WHEN 'lease_cost' THEN 1 ELSE -1 END), 0) "
            "FROM entries WHERE 'lease_cost' IN (debit, credit) AND asset = '" +
            asset + "'");
    }

    test::OrderWorld world_;
    std::string order_id_;
};

TEST_F(LeasePriceTest, IsHeldAgainstTheCeilingInWhatItIsPaidIn)
{
    world_.provider_price = "17.000000000000000000";  // 3.672 AKT: 7.344 dollars a month.
    EXPECT_EQ(Verified().failure().reason(), "LEASE_TOO_DEAR");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM leases"), "0");
}

TEST_F(LeasePriceTest, WithinTheCeilingIsTakenAndSettledAtItsOwnPrice)
{
    world_.provider_price = "16.000000000000000000";  // 3.456 AKT: 6.912 dollars a month.
    ASSERT_EQ(Verified().failure().reason(), "");
    ASSERT_TRUE(world_.RunOwnJob());
    world_.database.Value("UPDATE orders SET paid_through = now()");
    world_.database.Value("DELETE FROM jobs WHERE kind = 'meter_lease'");
    ASSERT_TRUE(proof::Sweeper{world_.parts}.Sweep());
    auto job = world_.Acquire();
    world_.chain.Close(job.order().dseq(), 195, *akash::ParseDec18("2701.8062"));
    while (job.step() != "confirm_closed") job = world_.Done(job).next();
    ASSERT_TRUE(world_.Done(job).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id_).state(), v1::ORDER_STATE_CLOSED);
    EXPECT_EQ(Cost("uakt"), "2702 5404");
    EXPECT_EQ(Cost("uact"), "0 0");
    EXPECT_EQ(world_.database.Value("SELECT DISTINCT snapshot_id FROM entries "
                                    "WHERE 'lease_cost' IN (debit, credit)"),
              "p3");
}

TEST_F(LeasePriceTest, AWorkerIsToldThePriceOfAkt)
{
    const auto job = world_.ProvisionUntil(world_.PlaceOne(), "prepare");
    EXPECT_EQ(job.order().akt_price_usd_e8(), 200'000'000);
}

TEST_F(LeasePriceTest, InWhatHasNoPriceIsRefused)
{
    world_.lease_denom = "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1";
    const auto order = Verified();
    EXPECT_EQ(order.failure().reason(), "LEASE_UNPRICED");
    EXPECT_EQ(order.state(), v1::ORDER_STATE_CLOSING);
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM leases"), "0");
}

TEST_F(LeasePriceTest, InAktIsRefusedWhileAktHasNoPrice)
{
    world_.database.Value("DELETE FROM price_snapshots WHERE asset = 'uakt'");
    world_.database.Do([](pqxx::work& tx) { db::Notify(tx, "catalogue"); });
    EXPECT_EQ(Verified().failure().reason(), "LEASE_UNPRICED");
}

TEST_F(LeasePriceTest, OneActIsADollarWhileItHasNoPrice)
{
    world_.lease_denom = "uact";
    world_.provider_price = "33.000000000000000000";  // 7.128 ACT a month.
    world_.database.Value("DELETE FROM price_snapshots WHERE asset = 'uact'");
    EXPECT_EQ(Verified().failure().reason(), "LEASE_TOO_DEAR");
}

}  // namespace
}  // namespace berth
