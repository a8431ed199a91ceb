// An order is closed on the sandbox's chain by the worker's own steps, with a real name server.
#include "tests/conformance/akash/driver_fixture.hpp"
#include "tests/fakes/fake_edge.hpp"
#include "tests/integration/orders/order_world.hpp"
#include "tests/integration/worker/name_server.hpp"
#include "worker/provision/publish_dns.hpp"
#include "worker/upkeep/close_deployment.hpp"
#include "worker/upkeep/remove_edge.hpp"

namespace berth {
namespace {

/// Intents that are always committed.
class EveryIntent final : public worker::Intents {
public:
    Result<void> Commit(const std::string&, Deadline) override { return {}; }
};

class ClosingTest : public akash::DriverConformance {
protected:
    void SetUp() override
    {
        bind_ = worker::StartNameServer(folder_.path() / "bind",
                                        {{.name = "relays.berth.test", .key_name = "worker"}});
        ASSERT_TRUE(bind_);
        dns_ = std::make_unique<worker::NsupdateDns>(
            runner_, worker::SettingsOf(*bind_, "relays.berth.test"), worker::AskOneServer);
    }

    /// A deployment with a lease on the chain.
    akash::DeploymentId Lease()
    {
        const auto id = Create();
        const auto bid = CheapestBid(id);
        EXPECT_TRUE(bid);
        if (!bid) return id;
        EXPECT_EQ(SendAndWait({akash::CreateLeaseMessage(bid->id)}).code, 0);
        EXPECT_EQ(StateOfLease(id), "active");
        return id;
    }
    std::string StateOfLease(const akash::DeploymentId& id)
    {
        const auto leases = reader.ListLeases(id, Soon());
        return leases && leases->size() == 1 ? leases->front().state : "none";
    }
    std::vector<std::string> Published(const std::string& name)
    {
        return worker::AskOneServer(bind_->Address(), name, "A", Soon()).value();
    }

    /// An order that failed after its name was published; its deployment is `id`.
    v1::Job CloseOf(const akash::DeploymentId& id)
    {
        order_id_ = world_.PlaceOne();
        const auto job = world_.ProvisionUntil(order_id_, "verify_relay");
        const worker::PublicEdge edge{.address = "127.0.0.1", .wildcard_zone = {}};
        EXPECT_TRUE(dns_->Upsert(
            worker::EdgeRecord(job.order().hostname(), edge, std::chrono::seconds{60}), Soon()));
        v1::StepReport failed;
        failed.mutable_failed()->set_reason("RELAY_NOT_PROVEN");
        EXPECT_TRUE(world_.Report(job, failed, 2000).recorded());
        world_.database.Value("UPDATE orders SET wallet = '" + id.owner +
                              "', dseq = " + std::to_string(id.dseq));
        return world_.Acquire();
    }
    /// Runs the worker's step of a job and reports what it came to; the answer.
    v1::StepAnswer Run(worker::Step& step, const v1::Job& job)
    {
        EXPECT_EQ(step.name(), job.step());
        const auto outcome = step.Run({.job = job, .intents = intents_, .deadline = Soon()});
        v1::StepReport report;
        if (outcome) {
            report = outcome->report();
        } else {
            report.mutable_retry()->set_reason(outcome.error().reason);
        }
        last_ = report;
        return world_.Report(job, report, ++sequence_);
    }
    v1::Job AcquireInTime()
    {
        world_.database.Value("UPDATE jobs SET run_at = now()");
        return world_.Acquire();
    }

    stack::TemporaryFolder folder_;
    ProcessRunner runner_{4};
    std::unique_ptr<stack::Bind> bind_;
    std::unique_ptr<worker::NsupdateDns> dns_;
    test::FakeEdge edge_;
    EveryIntent intents_;
    test::OrderWorld world_;
    std::string order_id_;
    v1::StepReport last_;
    std::uint32_t sequence_ = 5000;
};

TEST_F(ClosingTest, EndsTheLeaseWhileTheNameServerIsDownAndWithdrawsTheNameAfterwards)
{
    const auto id = Lease();
    auto job = CloseOf(id);
    const auto name = job.order().hostname();
    ASSERT_EQ(Published(name), std::vector<std::string>{"127.0.0.1"});
    bind_->Stop();

    worker::CloseDeployment close{reader};
    ASSERT_TRUE(Run(close, job).recorded());
    ASSERT_TRUE(last_.has_transact());
    ASSERT_EQ(SendAndWait({last_.transact().body()}).code, 0);
    world_.database.Value("UPDATE outbox_messages SET wallet = 'akash1wallet'");  // The world's.
    world_.SettleMessages();
    job = Run(close, world_.Acquire()).next();
    EXPECT_EQ(StateOfLease(id), "closed");

    worker::RemoveEdge remove{edge_, *dns_};
    for (int i = 0; i < 2; ++i) {
        const auto answer = Run(remove, job);
        ASSERT_TRUE(answer.recorded());
        EXPECT_EQ(last_.retry().reason(), "DNS_UNAVAILABLE");
        EXPECT_EQ(world_.Get(order_id_).step(), "remove_edge");
        job = AcquireInTime();
    }

    ASSERT_TRUE(bind_->Start(Soon()));
    ASSERT_EQ(Published(name), std::vector<std::string>{"127.0.0.1"});
    job = Run(remove, job).next();
    EXPECT_TRUE(last_.has_done());
    EXPECT_TRUE(Published(name).empty());
    EXPECT_EQ(job.step(), "confirm_closed");
}

}  // namespace
}  // namespace berth
