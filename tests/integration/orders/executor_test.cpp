#include <future>
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

/// A duty that throws as often as a test says.
class ThrowingDuty final : public queue::Duty {
public:
    explicit ThrowingDuty(int throws) : left_{throws} {}
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "observe"; }
    Result<queue::DutyOutcome> Run(const queue::Job&, Deadline) override
    {
        if (left_-- > 0) throw std::runtime_error{"nobody caught this"};
        return queue::DutyOutcome::Finished();
    }

private:
    std::atomic<int> left_;
};

/// The first of two steps: leads its job on, and returns only when the second has begun.
class LeadingDuty final : public queue::Duty {
public:
    LeadingDuty(db::Database& database, std::shared_future<void> begun)
        : database_{database}, begun_{std::move(begun)}
    {
    }
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "observe"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline) override
    {
        const auto led = database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
            auto held = queue::LockHeld(tx, job);
            queue::Advance(tx, *held, {.step = "second", .operator_id = queue::kMarketplace});
            return true;
        });
        EXPECT_TRUE(led);
        EXPECT_EQ(begun_.wait_for(10s), std::future_status::ready);
        return queue::DutyOutcome::Recorded();
    }

private:
    db::Database& database_;
    std::shared_future<void> begun_;
};

/// The second step: runs until it is let go.
class LongDuty final : public queue::Duty {
public:
    explicit LongDuty(std::shared_future<void> go) : go_{std::move(go)} {}
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "second"; }
    Result<queue::DutyOutcome> Run(const queue::Job&, Deadline) override
    {
        if (++runs == 1) begun.set_value();
        go_.wait_for(10s);
        return queue::DutyOutcome::Finished();
    }

    std::atomic<int> runs{0};
    std::promise<void> begun;

private:
    std::shared_future<void> go_;
};

/// Runs once in vain: what it came to cannot be recorded before it has run again.
class UnrecordedDuty final : public queue::Duty {
public:
    explicit UnrecordedDuty(test::FreshDatabase& database) : database_{database} {}
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "observe"; }
    Result<queue::DutyOutcome> Run(const queue::Job&, Deadline) override
    {
        database_.Value(++runs_ == 1
                            ? "ALTER TABLE job_history ADD CONSTRAINT in_the_way CHECK (false)"
                            : "ALTER TABLE job_history DROP CONSTRAINT in_the_way");
        return queue::DutyOutcome::Finished();
    }

private:
    test::FreshDatabase& database_;
    std::atomic<int> runs_{0};
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

    void EnqueueOne()
    {
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
    EnqueueOne();
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   {&duty}};
    EXPECT_TRUE(Until([&] { return world_.database.Value("SELECT count(*) FROM jobs") == "0"; }));
    EXPECT_EQ(world_.database.Value("SELECT outcome || epoch FROM job_history"), "done3");
}

TEST_F(ExecutorTest, ADutyThatThrowsIsTriedAgainAndEndsNothingElse)
{
    world_.queue.retry_first = 10ms;
    world_.queue.poll = 20ms;
    ThrowingDuty duty{2};
    EnqueueOne();
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   {&duty}};
    EXPECT_TRUE(Until([&] { return world_.database.Value("SELECT count(*) FROM jobs") == "0"; }));
    EXPECT_EQ(world_.database.Value("SELECT outcome || epoch FROM job_history"), "done3");
}

TEST_F(ExecutorTest, AJobWhoseOutcomeWasNotRecordedDoesNotIdleUntilItsLeaseEnds)
{
    world_.queue.lease = 1h;
    world_.queue.poll = 20ms;
    UnrecordedDuty duty{world_.database};
    EnqueueOne();
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   {&duty}};
    EXPECT_TRUE(Until([&] { return world_.database.Value("SELECT count(*) FROM jobs") == "0"; }));
    EXPECT_EQ(world_.database.Value("SELECT outcome || epoch FROM job_history"), "done2");
}

TEST_F(ExecutorTest, KeepsTheLeaseOfAJobThatAnotherThreadWasStillLeavingBehind)
{
    world_.queue.lease = 400ms;
    world_.queue.heartbeat = 50ms;
    world_.queue.poll = 20ms;
    std::promise<void> go;
    LongDuty second{go.get_future().share()};
    LeadingDuty first{*world_.database, second.begun.get_future().share()};
    EnqueueOne();
    const queue::Executor executor{{*world_.database, world_.listener, world_.log, world_.queue},
                                   {&first, &second}};
    EXPECT_TRUE(Until([&] { return second.runs > 0; }));
    const auto later = world_.database.Value("SELECT now() + interval '1200 ms'");
    EXPECT_TRUE(Until([&] {
        return world_.database.Value("SELECT now() > '" + later + "'::timestamptz") == "t";
    }));
    EXPECT_EQ(second.runs, 1);
    EXPECT_EQ(world_.database.Value("SELECT epoch FROM jobs"), "3");
    go.set_value();
    EXPECT_TRUE(Until([&] { return world_.database.Value("SELECT count(*) FROM jobs") == "0"; }));
}

}  // namespace
}  // namespace berth
