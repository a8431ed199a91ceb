#include <gmock/gmock.h>

#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

/// A job whose worker never got the answer that leased it: it would idle until the lease ends.
class LostLeaseTest : public ::testing::Test {
protected:
    LostLeaseTest()
    {
        world_.Pay(world_.PlaceOne());
        EXPECT_TRUE(world_.RunOwnJob());
        leased_ = world_.Acquire();
    }
    /// What a worker gets that says what it holds, if anything.
    std::vector<v1::Job> Ask(const std::string& worker, const std::optional<v1::HeldLeases>& held)
    {
        v1::AcquireJobsRequest request;
        request.set_worker(worker);
        request.set_max_jobs(5);
        if (held) *request.mutable_held() = *held;
        const auto acquired = world_.workers.AcquireJobs(world_.Operator(), request);
        EXPECT_TRUE(acquired) << acquired.error().reason;
        return {acquired->jobs().begin(), acquired->jobs().end()};
    }
    static v1::HeldLeases Holding(const v1::Job& job)
    {
        v1::HeldLeases held;
        auto& lease = *held.add_leases();
        lease.set_job(job.name());
        lease.set_epoch(job.epoch());
        return held;
    }

    test::OrderWorld world_;
    v1::Job leased_;
};

TEST_F(LostLeaseTest, AJobThatItsWorkerDoesNotHoldIsHandedOutAnewAtOnce)
{
    const auto again = Ask("w1", v1::HeldLeases{});
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].name(), leased_.name());
    EXPECT_EQ(again[0].epoch(), leased_.epoch() + 1);
    EXPECT_EQ(world_.Done(leased_).reason(), "STALE_EPOCH");
    EXPECT_TRUE(world_.Done(again[0]).recorded());
}

TEST_F(LostLeaseTest, AJobThatItsWorkerHoldsStaysWithIt)
{
    EXPECT_TRUE(Ask("w1", Holding(leased_)).empty());
    EXPECT_TRUE(world_.Done(leased_).recorded());
}

TEST_F(LostLeaseTest, HoldingAnOlderEpochIsNotHolding)
{
    auto older = leased_;
    older.set_epoch(leased_.epoch() - 1);
    EXPECT_EQ(Ask("w1", Holding(older)).size(), 1U);
}

TEST_F(LostLeaseTest, AWorkerThatDoesNotTellWaitsForTheEndOfTheLease)
{
    EXPECT_TRUE(Ask("w1", std::nullopt).empty());
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE jobs SET leased_until = now()"); });
    EXPECT_EQ(Ask("w1", std::nullopt).size(), 1U);
}

TEST_F(LostLeaseTest, AnotherWorkerTakesNothingByHoldingNothing)
{
    v1::RegisterWorkerRequest other;
    other.set_worker("w2");
    other.set_protocol(orders::kWorkerProtocol);
    auto& ability = *other.add_abilities();
    ability.set_job_kind(leased_.kind());
    ability.set_step(leased_.step());
    ASSERT_TRUE(world_.workers.RegisterWorker(world_.Operator(), other));
    EXPECT_TRUE(Ask("w2", v1::HeldLeases{}).empty());
}

TEST_F(LostLeaseTest, LeasesThatAreNoneAreNotHeld)
{
    v1::HeldLeases held;
    held.add_leases()->set_job("orders/1");
    auto& beyond = *held.add_leases();
    beyond.set_job(leased_.name());
    beyond.set_epoch(~std::uint64_t{0});
    EXPECT_EQ(Ask("w1", held).size(), 1U);
}

}  // namespace
}  // namespace berth
