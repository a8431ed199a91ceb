#include <gtest/gtest.h>

#include "tests/fakes/fake_dns.hpp"
#include "tests/fakes/fake_edge.hpp"
#include "tests/unit/worker/an_order.hpp"
#include "worker/provision/publish_dns.hpp"
#include "worker/upkeep/close_deployment.hpp"
#include "worker/upkeep/meter_lease.hpp"
#include "worker/upkeep/remove_edge.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kE18 = 1'000'000'000'000'000'000;

class UpkeepTest : public StepTest {
protected:
    UpkeepTest()
    {
        job_.set_kind("close");
        auto& lease = *job_.mutable_order()->mutable_facts()->mutable_lease();
        lease.set_owner("akash1wallet");
        lease.set_dseq(77);
        lease.set_gseq(1);
        lease.set_oseq(1);
        lease.set_provider("p1");
    }
    void Deployed(const std::string& state)
    {
        chain_.deployments[77] = {.id = {"akash1wallet", 77},
                                  .state = state,
                                  .hash_hex = "ff",
                                  .created_at = 1000,
                                  .escrow = {.state = "open", .funds = {}, .settled_at = 1010}};
    }
    void Leased(const std::string& state, money::Amount withdrawn_e18)
    {
        chain_.leases = {{.id = {.owner = "akash1wallet", .dseq = 77, .provider = "p1"},
                          .state = state,
                          .price = {.denom = "uact", .amount_e18 = 20},
                          .created_at = 1001,
                          .reason = {},
                          .withdrawn = {.denom = "uact", .amount_e18 = withdrawn_e18}}};
    }

    v1::Job job_ = AJob("close_deployment");
};

TEST_F(UpkeepTest, ClosesAnActiveDeploymentByOneTransaction)
{
    CloseDeployment close{chain_};
    Deployed("active");
    const auto outcome = Run(close, job_);
    EXPECT_EQ(outcome->report().transact().kind(), "close_deployment");
    *job_.add_outbox() = AMessage("close_deployment", "pending");
    EXPECT_TRUE(Run(close, job_)->report().has_not_yet());
    chain_.deployments[77].state = "closed";
    EXPECT_TRUE(Run(close, job_)->report().has_done());
}

TEST_F(UpkeepTest, WaitsForADeploymentThatMayStillAppear)
{
    CloseDeployment close{chain_};
    *job_.add_outbox() = AMessage("create_deployment", "signed");
    EXPECT_TRUE(Run(close, job_)->report().has_not_yet());
    job_.mutable_outbox(0)->set_state("failed");
    EXPECT_TRUE(Run(close, job_)->report().has_done());
}

TEST_F(UpkeepTest, ConfirmsWhatCameBackOfTheDeposit)
{
    ConfirmClosed confirm{chain_};
    Deployed("active");
    EXPECT_TRUE(Run(confirm, job_)->report().has_not_yet());
    Deployed("closed");
    Leased("closed", money::Amount{kE18 + 1});
    auto message = AMessage("close_deployment", "committed");
    message.set_tx_hash("AB");
    message.set_height(1030);
    *job_.add_outbox() = message;
    const auto outcome = Run(confirm, job_);
    ASSERT_TRUE(outcome->report().has_done());
    EXPECT_EQ(outcome->report().facts().refunded_uact(), "4999998");
    EXPECT_EQ(outcome->report().facts().closed_height(), 1030);
    EXPECT_EQ(outcome->report().facts().closed_tx(), "AB");
}

TEST_F(UpkeepTest, ReportsNoRefundWhereNothingWasDeposited)
{
    ConfirmClosed confirm{chain_};
    EXPECT_EQ(Run(confirm, job_)->report().facts().refunded_uact(), "0");
}

TEST_F(UpkeepTest, ReadsTheLeaseWithHeightAndMeasuredBlockTime)
{
    MeterLease meter{chain_, pace_};
    Deployed("active");
    Leased("active", 0);
    const auto outcome = Run(meter, job_);
    ASSERT_TRUE(outcome->report().has_done());
    const auto& reading = outcome->report().facts().lease_reading();
    EXPECT_EQ(reading.height(), 1010);
    EXPECT_EQ(reading.block_millis(), 6000);
    EXPECT_EQ(reading.lease_state(), "active");
    EXPECT_EQ(reading.lease().provider(), "p1");
    EXPECT_EQ(reading.escrow_settled_at(), 1010);
}

TEST_F(UpkeepTest, SaysThatTheChainDoesNotKnowTheLease)
{
    MeterLease meter{chain_, pace_};
    EXPECT_EQ(Run(meter, job_).error().reason, "LEASE_NOT_FOUND");
}

TEST_F(UpkeepTest, TakesTheNamesAwayAgain)
{
    test::FakeEdge edge;
    test::FakeDns dns;
    const PublicEdge public_edge{.address = "127.0.0.1", .wildcard_zone = "relays.berth.test"};
    auto& order = *job_.mutable_order();
    order.set_custom_hostname("relay.customer.test");
    edge.routes = {{order.hostname(), "p1"}, {"relay.customer.test", "p1"}, {"other", "p2"}};
    edge.certificates = {{"relay.customer.test", "pem"}, {"relays.berth.test", "pem"}};
    ASSERT_TRUE(dns.Upsert(EdgeRecord(order.hostname(), public_edge, 60s), Deadline::max()));
    RemoveEdge remove{edge, dns};
    ASSERT_TRUE(Run(remove, job_)->report().has_done());
    EXPECT_EQ(edge.routes.size(), 1U);
    EXPECT_EQ(edge.certificates.size(), 1U);
    EXPECT_TRUE(dns.records.empty());
    EXPECT_TRUE(Run(remove, job_)->report().has_done());
}

TEST_F(UpkeepTest, TakesARecordAwayThatWasPublishedForAnotherKindOfEdge)
{
    test::FakeEdge edge;
    test::FakeDns dns;
    const PublicEdge by_address{.address = "127.0.0.1", .wildcard_zone = "relays.berth.test"};
    ASSERT_TRUE(dns.Upsert(EdgeRecord(job_.order().hostname(), by_address, 60s), Deadline::max()));
    RemoveEdge remove{edge, dns};  // By now the edge may have a name.
    ASSERT_TRUE(Run(remove, job_)->report().has_done());
    EXPECT_TRUE(dns.records.empty());
}

}  // namespace
}  // namespace berth::worker
