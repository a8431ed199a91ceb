#include "worker/run/job_runner.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "worker/run/job_slots.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// Keeps every report and hands out the steps of a script.
class ReportBook final : public Marketplace {
public:
    std::vector<v1::StepReport> reports;
    std::vector<std::string> next_steps;  ///< Handed out one after another, after a done step.
    std::string refuses;                  ///< Why no report is taken, if set.
    int lost_answers = 0;                 ///< So many reports are taken without an answer.

    Result<v1::RecordStepsResponse> Record(const v1::RecordStepsRequest& request, Deadline) override
    {
        const auto& report = request.reports(0);
        reports.push_back(report);
        if (lost_answers-- > 0) return Fail(ErrorCode::kTimeout, "MARKETPLACE_TIMEOUT", "Silence.");
        v1::RecordStepsResponse response;
        auto& answer = *response.add_answers();
        answer.set_recorded(refuses.empty());
        answer.set_reason(refuses);
        if (report.has_done() && !next_steps.empty()) {
            auto& next = *answer.mutable_next();
            next.set_name(report.job());
            next.set_epoch(report.epoch());
            next.set_kind("provision");
            next.set_step(next_steps.front());
            next_steps.erase(next_steps.begin());
        }
        return response;
    }
    Result<v1::ReportWalletsResponse> ReportWallets(const v1::ReportWalletsRequest&,
                                                    Deadline) override
    {
        return v1::ReportWalletsResponse{};
    }
    Result<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest&, Deadline) override
    {
        return v1::RegisterWorkerResponse{};
    }
    Result<v1::AcquireJobsResponse> Acquire(const v1::AcquireJobsRequest&, Deadline) override
    {
        return v1::AcquireJobsResponse{};
    }
    Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest&, Deadline) override
    {
        return v1::HeartbeatResponse{};
    }
};

/// A step that does what the test says.
class ScriptedStep final : public Step {
public:
    using Script = std::function<Result<StepOutcome>(const StepContext&)>;
    ScriptedStep(std::string name, Script script)
        : name_{std::move(name)}, script_{std::move(script)}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return name_; }
    Result<StepOutcome> Run(const StepContext& context) override { return script_(context); }

private:
    const std::string name_;
    const Script script_;
};

class JobRunnerTest : public testing::Test {
protected:
    void Add(const std::string& name, ScriptedStep::Script script)
    {
        steps_.push_back(std::make_unique<ScriptedStep>(name, std::move(script)));
    }
    void Run(const std::string& step)
    {
        v1::Job job;
        job.set_name("jobs/1");
        job.set_epoch(7);
        job.set_kind("provision");
        job.set_step(step);
        job.set_attempt(2);
        JobRunner{{book_, steps_, leases_, log_, [this] { ++woken_; }, draining_},
                  "worker-1",
                  {.step_limit = 10s, .report_limit = 2s, .report_pause = 1ms}}
            .Run(job);
    }

    ReportBook book_;
    std::vector<std::unique_ptr<Step>> steps_;
    JobLeases leases_{60s};
    std::ostringstream lines_;
    SystemClock clock_;
    Log log_{lines_, "test", clock_};
    std::atomic<bool> draining_{false};
    int woken_ = 0;
};

TEST_F(JobRunnerTest, AStepThatThrowsIsTriedAgainAndEndsNothingElse)
{
    Add("a", [](const auto&) -> Result<StepOutcome> { throw std::runtime_error{"uncaught"}; });
    Run("a");
    ASSERT_EQ(book_.reports.size(), 1U);
    EXPECT_EQ(book_.reports[0].retry().reason(), "STEP_THREW");
    EXPECT_EQ(book_.reports[0].retry().message(), "uncaught");
}

TEST_F(JobRunnerTest, RunsOneStepAfterTheOtherUnderOneEpoch)
{
    Add("a", [](const auto&) { return StepOutcome::Done(); });
    Add("b", [](const auto&) { return StepOutcome::NotYet(5s, "bids"); });
    book_.next_steps = {"b"};
    Run("a");
    ASSERT_EQ(book_.reports.size(), 2U);
    EXPECT_EQ(book_.reports[0].step(), "a");
    EXPECT_EQ(book_.reports[0].sequence(), 1U);
    EXPECT_EQ(book_.reports[1].step(), "b");
    EXPECT_EQ(book_.reports[1].sequence(), 2U);
    EXPECT_EQ(book_.reports[1].epoch(), 7U);
    EXPECT_EQ(book_.reports[1].not_yet().again_in_millis(), 5000);
    EXPECT_TRUE(leases_.Request("w").leases().empty());
}

TEST_F(JobRunnerTest, RepeatsAReportWithTheSameNumberUntilItHasAnAnswer)
{
    Add("a", [](const auto&) { return StepOutcome::Done(); });
    book_.lost_answers = 2;
    Run("a");
    ASSERT_EQ(book_.reports.size(), 3U);
    EXPECT_EQ(book_.reports[0].SerializeAsString(), book_.reports[2].SerializeAsString());
}

TEST_F(JobRunnerTest, JudgesAnErrorByTheTable)
{
    Add("a", [](const auto&) { return Fail(ErrorCode::kUnavailable, "DOWN", "It is down."); });
    Add("b", [](const auto&) { return Fail(ErrorCode::kInvalid, "BAD", "It is wrong."); });
    Run("a");
    Run("b");
    EXPECT_EQ(book_.reports[0].retry().reason(), "DOWN");
    EXPECT_EQ(book_.reports[0].retry().again_in_millis(), 4000);
    EXPECT_EQ(book_.reports[1].failed().reason(), "BAD");
}

TEST_F(JobRunnerTest, DoesNoActWhoseIntentWasRefused)
{
    bool acted = false;
    Add("a", [&](const StepContext& context) -> Result<StepOutcome> {
        const auto intended = context.intents.Commit("act", context.deadline);
        if (!intended) return intended.error();
        acted = true;
        return StepOutcome::Done();
    });
    book_.refuses = "STALE_EPOCH";
    Run("a");
    EXPECT_FALSE(acted);
    EXPECT_EQ(book_.reports[0].intent().what(), "act");
}

TEST_F(JobRunnerTest, StopsWithoutAReportWhenTheLeaseIsLost)
{
    Add("a", [&](const StepContext& context) -> Result<StepOutcome> {
        v1::HeartbeatResponse heartbeat;
        heartbeat.add_lost()->set_job("jobs/1");
        heartbeat.mutable_lost(0)->set_epoch(7);
        leases_.Confirm(heartbeat, Deadline::Steady::now());
        EXPECT_TRUE(context.deadline.Passed());
        return StepOutcome::Done();
    });
    Run("a");
    EXPECT_TRUE(book_.reports.empty());
}

TEST_F(JobRunnerTest, WakesTheWalletForATransaction)
{
    Add("a", [](const auto&) { return StepOutcome::Transact("create_lease", "{}"); });
    Run("a");
    EXPECT_EQ(woken_, 1);
}

TEST_F(JobRunnerTest, GivesTheNextStepBackWhileDraining)
{
    Add("a", [](const auto&) { return StepOutcome::Done(); });
    Add("b", [](const auto&) -> Result<StepOutcome> { throw std::logic_error{"must not run"}; });
    book_.next_steps = {"b"};
    draining_ = true;
    Run("a");
    ASSERT_EQ(book_.reports.size(), 2U);
    EXPECT_EQ(book_.reports[1].step(), "b");
    EXPECT_TRUE(book_.reports[1].has_not_yet());
}

TEST_F(JobRunnerTest, FailsAStepThatItDoesNotKnow)
{
    Run("dance");
    EXPECT_EQ(book_.reports[0].failed().reason(), "UNKNOWN_STEP");
}

TEST_F(JobRunnerTest, GivesUpAJobThatNoHeartbeatHasKept)
{
    JobLeases leases{0ms};
    v1::Job job;
    job.set_name("jobs/1");
    const auto held = leases.Hold(job);
    const auto limit = Deadline::After(5s);
    while (!held->lost && !limit.Passed()) leases.GiveUpStale();
    EXPECT_TRUE(held->lost);
}

TEST(JobSlotsTest, TakesNoMoreJobsThanThereAreFreeSlots)
{
    std::mutex gate;
    std::atomic<int> ran{0};
    gate.lock();
    JobSlots slots{2, [&](const v1::Job&) {
                       const std::scoped_lock wait{gate};
                       ++ran;
                   }};
    EXPECT_EQ(slots.WaitForFree(), 2);
    slots.Start({});
    EXPECT_EQ(slots.WaitForFree(), 1);
    slots.Start({});
    gate.unlock();
    const auto limit = Deadline::After(5s);
    while (ran < 2 && !limit.Passed()) std::this_thread::yield();
    EXPECT_EQ(ran, 2);
    slots.Stop();
    EXPECT_EQ(slots.WaitForFree(), 0);
}

}  // namespace
}  // namespace berth::worker
