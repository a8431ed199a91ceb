#include "worker/provision/relay_terms.hpp"

#include <gtest/gtest.h>

#include "tests/unit/worker/an_order.hpp"

namespace berth::worker {
namespace {

akash::RelayDeployment DeploymentOn(const std::string& storage_class)
{
    auto job = AJob("create_deployment");
    job.mutable_order()->mutable_plan()->mutable_resources()->set_storage_class(storage_class);
    const NamedSecrets secrets{{kPostgresPassword, Secret{"for-the-database"}},
                               {kDashboardPassword, Secret{"for-the-dashboard"}}};
    return DeploymentOf(job.order(), secrets, {}, std::chrono::milliseconds{6000}).value();
}

TEST(RelayTermsTest, PutTheDatabaseOnTheVolumeOfThePlan)
{
    const auto deployment = DeploymentOn("beta3");
    EXPECT_EQ(deployment.storage_class, "beta3");
    EXPECT_EQ(deployment.postgres_environment.at("PGDATA").Expose(), akash::kPostgresFolder);
}

TEST(RelayTermsTest, LeaveAPlanWithoutAVolumeAsItWas)
{
    const auto deployment = DeploymentOn("");
    EXPECT_EQ(deployment.storage_class, "");
    EXPECT_EQ(deployment.postgres_environment.size(), 3U);
}

}  // namespace
}  // namespace berth::worker
