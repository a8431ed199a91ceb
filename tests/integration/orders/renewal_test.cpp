#include <gmock/gmock.h>

#include "marketplace/call/signed_event.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

constexpr auto kMeantime = "DELETE FROM jobs WHERE kind = 'meter_lease'";

/// An active order with a name of its customer's own, and the job that keeps its certificate.
class RenewalTest : public ::testing::Test {
protected:
    RenewalTest() : order_id_{MakeActive()} {}

    std::string MakeActive()
    {
        const auto placed = world_.Place(
            world_.OrderEvent(R"({"plan":"plans/small","customHostname":"relay.customer.test"})"));
        EXPECT_TRUE(placed) << placed.error().reason << ' ' << placed.error().message;
        const auto order_id = placed->order().name().substr(7);
        const auto job = world_.ProvisionUntil(order_id, "verify_relay");
        auto facts = world_.FactsOf(job);
        facts.set_certificate_fingerprint("first");
        EXPECT_TRUE(world_.Done(job, facts).recorded());
        EXPECT_TRUE(world_.RunOwnJob());  // Verifies.
        EXPECT_TRUE(world_.RunOwnJob());  // Activates.
        world_.database.Do([](pqxx::work& tx) { tx.exec0(kMeantime); });
        return order_id;
    }
    static v1::StepReport Waits(std::chrono::milliseconds wait, const std::string& fingerprint)
    {
        v1::StepReport report;
        report.mutable_not_yet()->set_again_in_millis(wait.count());
        report.mutable_facts()->set_certificate_fingerprint(fingerprint);
        report.mutable_facts()->set_certificate_not_after(1'800'000'000);
        return report;
    }
    static v1::StepReport Fails(const std::string& reason)
    {
        v1::StepReport report;
        report.mutable_retry()->set_reason(reason);
        report.mutable_retry()->set_message("Put the record back.");
        report.mutable_retry()->set_again_in_millis(2000);
        return report;
    }
    /// Whole hours until the job is due again.
    std::string DueIn() const
    {
        return world_.database.Value(
            "SELECT round(extract(epoch FROM run_at - now()) / 3600) FROM jobs "
            "WHERE kind = 'renew_certificate'");
    }
    void PassTime()
    {
        world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE jobs SET run_at = now()"); });
    }
    std::string Told() const
    {
        return world_.database.Value(
            "SELECT string_agg(kind, ' ' ORDER BY number) FROM order_events "
            "WHERE kind LIKE 'certificate%'");
    }
    v1::Job Acquire()
    {
        auto job = world_.Acquire();
        EXPECT_EQ(job.kind() + '/' + job.step(), "renew_certificate/renew_certificate");
        return job;
    }
    void Cancel()
    {
        v1::CancelOrderRequest request;
        request.set_event(
            world_.Signed(call::kCancelKind, R"({"order":"orders/)" + order_id_ + R"("})"));
        const auto cancelled = world_.handlers.CancelOrder(world_.Customer(), request);
        EXPECT_TRUE(cancelled) << cancelled.error().message;
    }

    test::OrderWorld world_;
    const std::string order_id_;
};

TEST_F(RenewalTest, TheJobComesBackWhenTheWorkerSaysThatTheCertificateIsDue)
{
    const auto first = Acquire();
    EXPECT_EQ(first.order().facts().certificate_fingerprint(), "first");
    ASSERT_TRUE(world_.Report(first, Waits(24h * 59, "first")).recorded());
    EXPECT_EQ(DueIn(), std::to_string(24 * 59));
    EXPECT_EQ(Told(), "") << "nothing was renewed";
    PassTime();
    const auto due = Acquire();
    ASSERT_TRUE(world_.Report(due, Waits(24h * 60, "second")).recorded());
    EXPECT_EQ(Told(), "certificate_renewed");
    EXPECT_EQ(DueIn(), std::to_string(24 * 60));
    PassTime();
    EXPECT_EQ(Acquire().order().facts().certificate_fingerprint(), "second");
}

TEST_F(RenewalTest, NoWorkerCanPutItOffForEver)
{
    ASSERT_TRUE(world_.Report(Acquire(), Waits(24h * 10'000, "first")).recorded());
    EXPECT_EQ(DueIn(), std::to_string(24 * 60));
    PassTime();
    v1::StepReport done;
    done.mutable_done();
    EXPECT_EQ(world_.Report(Acquire(), done).reason(), "UNPROVEN") << "it is never done";
}

TEST_F(RenewalTest, AFailureIsTriedEveryHourAndToldOnceADay)
{
    for (int hour = 0; hour < 25; ++hour) {
        ASSERT_TRUE(world_.Report(Acquire(), Fails("CNAME_MISSING")).recorded());
        EXPECT_EQ(DueIn(), "1");
        PassTime();
    }
    EXPECT_EQ(Told(), "certificate_due certificate_due");
    EXPECT_THAT(world_.database.Value("SELECT message FROM order_events "
                                      "WHERE kind = 'certificate_due' ORDER BY number LIMIT 1"),
                testing::HasSubstr("Put the record back."));
    EXPECT_EQ(world_.Get(order_id_).state(), v1::ORDER_STATE_ACTIVE);
}

TEST_F(RenewalTest, AWorkerThatDiesLeavesTheJobToTheNextOne)
{
    const auto lost = Acquire();
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE jobs SET leased_until = now()"); });
    EXPECT_EQ(world_.Acquire("w2").epoch(), lost.epoch() + 1);
    EXPECT_EQ(world_.Report(lost, Waits(24h, "second")).reason(), "STALE_EPOCH");
    EXPECT_EQ(Told(), "");
}

TEST_F(RenewalTest, TheEdgeIsClearedOnlyWhenNobodyCanStillInstallACertificate)
{
    const auto renewing = Acquire();
    Cancel();
    EXPECT_EQ(world_.database.Value("SELECT string_agg(kind, ' ') FROM jobs"), "close");
    EXPECT_EQ(world_.database.Value("SELECT run_at > now() + interval '1 minute' FROM jobs"), "t");
    EXPECT_EQ(world_.Report(renewing, Waits(24h, "second")).reason(), "STALE_EPOCH");
    PassTime();
    EXPECT_EQ(world_.Acquire().kind(), "close");
}

TEST_F(RenewalTest, AnOrderThatEndsIsRenewedNoMore)
{
    ASSERT_TRUE(world_.Report(Acquire(), Waits(24h * 59, "first")).recorded());
    Cancel();
    EXPECT_EQ(world_.Acquire().kind(), "close") << "nobody works on it: it closes at once";
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs"), "1");
}

}  // namespace
}  // namespace berth
