#include <thread>

#include <gmock/gmock.h>

#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

/// A duty that fails as often as a test says.
class FailingDuty final : public queue::Duty {
public:
    explicit FailingDuty(int failures) : left_{failures} {}
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "observe"; }
    Result<queue::DutyOutcome> Run(const queue::Job&, Deadline) override
    {
        if (left_-- > 0) return Fail(ErrorCode::kUnavailable, "DOWN", "Not now.");
        return queue::DutyOutcome::Finished();
    }

private:
    std::atomic<int> left_;
};

class ExecutorTest : public ::testing::Test {
protected:
    template <typename Condition>
    static bool Until(Condition condition)
    {
        const auto limit = Deadline::After(10s);
        while (!condition()) {
            if (limit.Passed()) return false;
            std::this_thread::sleep_for(10ms);
        }
        return true;
    }

    test::OrderWorld world_;
};

TEST_F(ExecutorTest, StartsAPaidOrderWithoutWaitingForItsPoll)
{
    world_.queue.poll = 1h;
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   world_.Duties()};
    const auto order_id = world_.PlaceOne();
    world_.Pay(order_id);
    EXPECT_TRUE(
        Until([&] { return world_.Get(order_id).state() == v1::ORDER_STATE_PROVISIONING; }));
}

TEST_F(ExecutorTest, TriesAFailedDutyAgainAndFilesItWhenItIsDone)
{
    world_.queue.retry_first = 10ms;
    world_.queue.poll = 20ms;
    FailingDuty duty{2};
    world_.database.Do([](pqxx::work& tx) {
        queue::Enqueue(tx,
                       {.operator_id = queue::kMarketplace,
                        .subject = "channels/xrp-1",
                        .customer_id = "c",
                        .order_id = "",
                        .kind = "observe_channel",
                        .step = "observe"},
                       "t");
    });
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   {&duty}};
    EXPECT_TRUE(Until([&] { return world_.database.Value("SELECT count(*) FROM jobs") == "0"; }));
    EXPECT_EQ(world_.database.Value("SELECT outcome || epoch FROM job_history"), "done3");
}

}  // namespace
}  // namespace berth
