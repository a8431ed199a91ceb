#include <gmock/gmock.h>

#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

class ReportBatchTest : public ::testing::Test {
protected:
    v1::StepReport& Add(const v1::Job& job, std::uint32_t sequence)
    {
        auto& report = *request_.add_reports();
        report.set_job(job.name());
        report.set_epoch(job.epoch());
        report.set_step(job.step());
        report.set_sequence(sequence);
        return report;
    }
    v1::StepReport& AddDone(const v1::Job& job, std::uint32_t sequence = 1)
    {
        auto& report = Add(job, sequence);
        report.mutable_done();
        return report;
    }
    v1::RecordStepsResponse Send()
    {
        request_.set_worker("w1");
        const auto recorded = world_.workers.RecordSteps(world_.Operator(), request_);
        EXPECT_TRUE(recorded) << recorded.error().reason << ' ' << recorded.error().message;
        request_.clear_reports();
        return recorded ? *recorded : v1::RecordStepsResponse{};
    }
    std::string StepOf(const v1::Job& job)
    {
        return world_.database.Value("SELECT step FROM jobs WHERE job_id = '" +
                                     job.name().substr(5) + "'");
    }

    test::OrderWorld world_;
    v1::Job first_ = world_.ProvisionUntil(world_.PlaceOne(), "prepare");
    v1::Job second_ = world_.ProvisionUntil(world_.PlaceOne(), "prepare");
    v1::RecordStepsRequest request_;
};

TEST_F(ReportBatchTest, ReportsOfManyJobsAreOneTransaction)
{
    AddDone(first_);
    AddDone(second_);
    const auto answers = Send();
    EXPECT_EQ(answers.answers(0).next().name(), first_.name());
    EXPECT_EQ(answers.answers(1).next().name(), second_.name());
    EXPECT_EQ(world_.database.Value("SELECT count(*) || ' in ' || count(DISTINCT xmin::text) "
                                    "FROM step_logs WHERE step = 'prepare'"),
              "2 in 1");
}

TEST_F(ReportBatchTest, AReportThatTheDatabaseRefusesCostsItsNeighboursNothing)
{
    world_.database.Value("ALTER TABLE step_logs ADD CHECK (message <> 'poison')");
    auto& poison = Add(first_, 1);
    poison.mutable_retry()->set_reason("ANY");
    poison.mutable_retry()->set_message("poison");
    AddDone(second_);
    const auto answers = Send();
    EXPECT_FALSE(answers.answers(0).recorded());
    EXPECT_EQ(answers.answers(0).reason(), "DATABASE_REFUSED");
    EXPECT_TRUE(answers.answers(1).recorded());
    EXPECT_EQ(StepOf(first_), "prepare");
    EXPECT_EQ(StepOf(second_), "create_deployment");
}

TEST_F(ReportBatchTest, AReportUnderAStaleEpochIsRefusedAmongOthersThatAreTaken)
{
    AddDone(first_).set_epoch(first_.epoch() + 1);
    AddDone(second_);
    const auto answers = Send();
    EXPECT_EQ(answers.answers(0).reason(), "STALE_EPOCH");
    EXPECT_TRUE(answers.answers(1).recorded());
    EXPECT_EQ(StepOf(first_), "prepare");
}

TEST_F(ReportBatchTest, ReportsOfOneJobAreTakenInTheirOrder)
{
    Add(first_, 1).mutable_intent()->set_what("to seal");
    AddDone(first_, 2);
    const auto answers = Send();
    EXPECT_TRUE(answers.answers(0).recorded());
    EXPECT_EQ(answers.answers(0).next().step(), "prepare");
    EXPECT_EQ(answers.answers(1).next().step(), "create_deployment");
}

TEST_F(ReportBatchTest, ABatchThatIsSentAgainChangesNothing)
{
    AddDone(first_);
    AddDone(second_);
    const auto again = request_;
    Send();
    request_ = again;
    const auto answers = Send();
    EXPECT_TRUE(answers.answers(0).recorded());
    EXPECT_TRUE(answers.answers(1).recorded());
    EXPECT_EQ(StepOf(first_), "create_deployment");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM step_logs WHERE step = 'prepare'"), "2");
}

TEST_F(ReportBatchTest, NumbersBeyondTheirColumnsAreRefusedBeforeTheDatabase)
{
    AddDone(first_, 1U << 31U);
    AddDone(second_).set_epoch(std::uint64_t{1} << 63U);
    const auto answers = Send();
    EXPECT_EQ(answers.answers(0).reason(), "BAD_SEQUENCE");
    EXPECT_EQ(answers.answers(1).reason(), "STALE_EPOCH");
}

}  // namespace
}  // namespace berth
