#include "worker/run/job_leases.hpp"

#include <gtest/gtest.h>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

v1::Job AJob(const std::string& name, std::uint64_t epoch)
{
    v1::Job job;
    job.set_name(name);
    job.set_epoch(epoch);
    return job;
}

TEST(JobLeasesTest, TellsAllThatIsHeldFromTheMomentItWasTaken)
{
    JobLeases leases{60s};
    const auto first = leases.Hold(AJob("jobs/1", 3));
    leases.Hold(AJob("jobs/2", 4));
    EXPECT_EQ(leases.Held().leases_size(), 2);
    leases.Drop(*first);
    const auto held = leases.Held();
    ASSERT_EQ(held.leases_size(), 1);
    EXPECT_EQ(held.leases(0).job(), "jobs/2");
    EXPECT_EQ(held.leases(0).epoch(), 4U);
}

TEST(JobLeasesTest, AJobThatWasTakenIsHeldOnceByWhoRunsIt)
{
    JobLeases leases{60s};
    const auto taken = leases.Hold(AJob("jobs/1", 3));
    const auto run = leases.Hold(AJob("jobs/1", 3));
    EXPECT_EQ(taken, run);
    leases.Drop(*run);
    EXPECT_TRUE(leases.Held().leases().empty());
}

TEST(JobLeasesTest, ANewerEpochIsAnotherHold)
{
    JobLeases leases{60s};
    const auto old = leases.Hold(AJob("jobs/1", 3));
    const auto now = leases.Hold(AJob("jobs/1", 4));
    EXPECT_NE(old, now);
    leases.Drop(*old);
    EXPECT_EQ(leases.Held().leases(0).epoch(), 4U);
}

TEST(JobLeasesTest, AHeartbeatThatNamesAnOlderEpochLosesNothing)
{
    JobLeases leases{60s};
    const auto held = leases.Hold(AJob("jobs/1", 4));
    v1::HeartbeatResponse response;
    auto& lost = *response.add_lost();
    lost.set_job("jobs/1");
    lost.set_epoch(3);
    leases.Confirm(response, Deadline::Steady::now());
    EXPECT_FALSE(held->lost);
    response.mutable_lost(0)->set_epoch(4);
    leases.Confirm(response, Deadline::Steady::now());
    EXPECT_TRUE(held->lost);
}

TEST(JobLeasesTest, WhatNoHeartbeatKeptForALeaseIsGivenUp)
{
    JobLeases leases{0s};
    const auto held = leases.Hold(AJob("jobs/1", 1));
    leases.Confirm({}, Deadline::Steady::now() + 1h);
    leases.GiveUpStale();
    EXPECT_FALSE(held->lost);
    const auto stale = leases.Hold(AJob("jobs/2", 1));
    leases.GiveUpStale();
    EXPECT_TRUE(stale->lost);
}

}  // namespace
}  // namespace berth::worker
