#include <gmock/gmock.h>

#include "marketplace/call/signed_event.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

/// An order that is being closed after its relay was proven.
class ClosingTest : public ::testing::Test {
protected:
    void MakeActive()
    {
        order_id_ = world_.PlaceOne();
        const auto job = world_.ProvisionUntil(order_id_, "verify_relay");
        ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
        ASSERT_TRUE(world_.RunOwnJob());  // Verifies.
        ASSERT_TRUE(world_.RunOwnJob());  // Activates.
    }
    void Cancel()
    {
        v1::CancelOrderRequest request;
        request.set_event(
            world_.Signed(call::kCancelKind, R"({"order":"orders/)" + order_id_ + R"("})"));
        ASSERT_TRUE(world_.handlers.CancelOrder(world_.Customer(), request));
        world_.database.Value("DELETE FROM jobs WHERE kind = 'meter_lease'");
    }
    v1::StepAnswer Retry(const v1::Job& job, const std::string& reason)
    {
        v1::StepReport report;
        report.mutable_retry()->set_reason(reason);
        report.mutable_retry()->set_message("It does not answer.");
        return world_.Report(job, report, 2000 + static_cast<std::uint32_t>(job.epoch()));
    }
    /// The next job, however long it has to wait.
    v1::Job AcquireInTime()
    {
        world_.database.Value("UPDATE jobs SET run_at = now()");
        return world_.Acquire();
    }
    /// As an older marketplace has left it: its first step was `remove_edge`.
    void BeginAsBefore()
    {
        world_.database.Value("UPDATE jobs SET step = 'remove_edge' WHERE kind = 'close'");
        world_.database.Value("UPDATE orders SET step = 'remove_edge'");
    }
    /// From the worker's last look at the chain to the end.
    void Confirm(const v1::Job& job)
    {
        ASSERT_EQ(job.step(), "confirm_closed");
        ASSERT_TRUE(world_.Done(job).recorded());
        ASSERT_TRUE(world_.RunOwnJob());
        EXPECT_EQ(world_.Get(order_id_).state(), v1::ORDER_STATE_CLOSED);
        EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs"), "0");
    }
    std::string StepsDone()
    {
        return world_.database.Value(
            "SELECT string_agg(step, ' ' ORDER BY time, epoch, sequence) FROM step_logs "
            "WHERE outcome = 'done' AND step IN ('close_deployment', 'remove_edge')");
    }

    test::OrderWorld world_;
    std::string order_id_;
};

TEST_F(ClosingTest, ADeploymentIsClosedThoughItsNameCannotBeWithdrawn)
{
    MakeActive();
    Cancel();
    auto job = world_.Acquire();
    ASSERT_EQ(job.kind() + '/' + job.step(), "close/close_deployment");
    world_.chain.Close(job.order().dseq(), 195);
    job = world_.Done(job).next();
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(job.step(), "remove_edge");
        ASSERT_TRUE(Retry(job, "DNS_UNAVAILABLE").recorded());
        EXPECT_EQ(world_.Get(order_id_).step(), "remove_edge");
        job = AcquireInTime();
    }
    Confirm(world_.Done(job).next());
    EXPECT_EQ(StepsDone(), "close_deployment remove_edge");
}

TEST_F(ClosingTest, AJobThatWithdrewTheNameFirstClosesAndDoesNotWithdrawItTwice)
{
    MakeActive();
    Cancel();
    BeginAsBefore();
    auto job = world_.Acquire();
    ASSERT_EQ(job.step(), "remove_edge");
    job = world_.Done(job).next();
    ASSERT_EQ(job.step(), "close_deployment");
    EXPECT_EQ(world_.Get(order_id_).step(), "close_deployment");
    world_.chain.Close(job.order().dseq(), 195);
    Confirm(world_.Done(job).next());
    EXPECT_EQ(StepsDone(), "remove_edge close_deployment");
}

TEST_F(ClosingTest, AJobThatCannotWithdrawTheNameFirstTurnsToTheDeployment)
{
    MakeActive();
    Cancel();
    BeginAsBefore();
    auto job = world_.Acquire();
    ASSERT_EQ(job.step(), "remove_edge");
    const auto answer = Retry(job, "DNS_UNAVAILABLE");
    ASSERT_TRUE(answer.recorded());
    EXPECT_FALSE(answer.has_next()) << "another worker may take it";
    EXPECT_EQ(world_.Get(order_id_).step(), "close_deployment");
    job = world_.Acquire();  // At once.
    ASSERT_EQ(job.step(), "close_deployment");
    world_.chain.Close(job.order().dseq(), 195);
    job = world_.Done(job).next();
    ASSERT_EQ(job.step(), "remove_edge");
    Confirm(world_.Done(job).next());
}

TEST_F(ClosingTest, AnOrderThatFailsIsCompensatedInTheSameOrder)
{
    order_id_ = world_.PlaceOne();
    const auto before = world_.ChannelSums();
    auto job = world_.ProvisionUntil(order_id_, "verify_relay");
    v1::StepReport failed;
    failed.mutable_failed()->set_reason("RELAY_NOT_PROVEN");
    failed.mutable_failed()->set_message("It does not answer.");
    ASSERT_TRUE(world_.Report(job, failed, 2000).recorded());
    EXPECT_EQ(world_.Get(order_id_).step(), "close_deployment");
    job = world_.Acquire();
    ASSERT_EQ(job.step(), "close_deployment");
    world_.chain.Close(job.order().dseq(), 195);
    job = world_.Done(job).next();
    ASSERT_EQ(job.step(), "remove_edge");
    job = world_.Done(job).next();
    ASSERT_TRUE(world_.Done(job).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id_).state(), v1::ORDER_STATE_FAILED);
    EXPECT_EQ(world_.ChannelSums(), before);
    EXPECT_EQ(world_.Get(order_id_).failure().refunded(), "24000000");
}

TEST_F(ClosingTest, NothingIsEarnedAfterAProviderEndedTheLease)
{
    MakeActive();
    const auto job = world_.Acquire();
    ASSERT_EQ(job.kind(), "meter_lease");
    world_.chain.Close(job.order().dseq(), 195);
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    const auto earned = [&] {
        return world_.database.Value("SELECT sum(revenue_usd_micros) FROM margins");
    };
    const auto before = earned();
    world_.database.Value(  // Ten days go by until the name is withdrawn.
        "UPDATE recognitions SET started = started - interval '10 days', "
        "through = through - interval '10 days'");
    auto closing = world_.Acquire();
    for (int i = 0; i < 2; ++i) closing = world_.Done(closing).next();
    Confirm(closing);
    EXPECT_EQ(earned(), before);
}

}  // namespace
}  // namespace berth
