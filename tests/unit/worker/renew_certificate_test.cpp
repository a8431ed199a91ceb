#include "worker/upkeep/renew_certificate.hpp"

#include "tests/fakes/fake_acme.hpp"
#include "tests/fakes/fake_acme_authority.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_customer_names.hpp"
#include "tests/fakes/fake_edge.hpp"
#include "tests/unit/worker/an_order.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kName = "relay.customer.test";

/// An order whose own name the edge serves by a certificate of 90 days that was just issued.
class RenewCertificateTest : public StepTest {
protected:
    RenewCertificateTest()
    {
        acme_.issue = [this](const CertificateRequest& request) {
            return authority_.Issue(request.key_pem, request.names, days_);
        };
        names_.records["_acme-challenge.relay.customer.test"] = "order1.acme.berth.test";
        auto& order = *job_.mutable_order();
        order.set_custom_hostname(kName);
        for (auto& sealed : sealer_.Seal(order.name(), {{kCertificateKey, key_}})) {
            *order.add_secrets() = std::move(sealed);
        }
        const auto served = customers_.Serve(order, Deadline::max());
        Keep(ToFacts(*served));
        acme_.requests.clear();
    }

    /// What the marketplace would tell of the order after a report.
    void Keep(const v1::Facts& facts) { job_.mutable_order()->mutable_facts()->MergeFrom(facts); }
    Result<StepOutcome> Run() { return StepTest::Run(renew_, job_); }
    std::chrono::hours Waits(const Result<StepOutcome>& outcome)
    {
        return std::chrono::floor<std::chrono::hours>(
            std::chrono::milliseconds{outcome->report().not_yet().again_in_millis()});
    }

    const Secret key_ = MakeCertificateKey();
    TestAuthority authority_;
    int days_ = 90;
    test::FakeAcme acme_;
    test::FakeEdge edge_;
    test::FakeCustomerNames names_;
    FakeClock clock_{SystemClock{}.Now()};
    CustomerCertificate customers_{{acme_, edge_, sealer_, clock_}};
    RenewCertificate renew_{{customers_, names_, clock_}, "berth.test"};
    v1::Job job_ = AJob("renew_certificate");
};

TEST_F(RenewCertificateTest, WaitsForAFractionOfTheLifetimeWithoutAskingAnybody)
{
    names_.fails = Error{ErrorCode::kUnavailable, "DNS_UNAVAILABLE", "not to be asked"};
    const auto outcome = Run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(Waits(outcome), 24h * 60 - 1h);
    EXPECT_TRUE(acme_.requests.empty());
    EXPECT_TRUE(intents_.kept.empty());
}

TEST_F(RenewCertificateTest, AShortLivedCertificateIsRenewedByTheSameFraction)
{
    days_ = 6;
    Keep(ToFacts(*customers_.Serve(job_.order(), Deadline::max())));
    EXPECT_EQ(Waits(Run()), 24h * 4 - 1h);
}

TEST_F(RenewCertificateTest, RenewsForTheKeyThatWasSealedBeforeTheFirstOne)
{
    const auto before = edge_.certificates.at(kName);
    clock_.Advance(24h * 61);
    days_ = 151;
    const auto outcome = Run();
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_EQ(acme_.requests.size(), 1U);
    EXPECT_EQ(acme_.requests[0].key_pem, key_);
    EXPECT_EQ(acme_.requests[0].names, std::vector<std::string>{kName});
    EXPECT_NE(edge_.certificates.at(kName), before);
    EXPECT_EQ(intents_.kept, std::vector<std::string>{"renew_certificate relay.customer.test"});
    EXPECT_EQ(outcome->report().facts().certificate_fingerprint(),
              ReadCertificate(edge_.certificates.at(kName))->fingerprint);
    EXPECT_EQ(Waits(outcome), 24h * 39 + 15h);
}

TEST_F(RenewCertificateTest, TheCaIsNotAskedForANameThatLeadsElsewhere)
{
    clock_.Advance(24h * 61);
    names_.records["_acme-challenge.relay.customer.test"] = "elsewhere.test";
    const auto refused = Run();
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "CNAME_MISSING");
    EXPECT_TRUE(acme_.requests.empty());
    EXPECT_TRUE(intents_.kept.empty());
}

TEST_F(RenewCertificateTest, AnIssuedOneThatACrashKeptFromTheEdgeIsToldToIt)
{
    clock_.Advance(24h * 61);
    days_ = 151;
    const auto reported = job_.order().facts();
    ASSERT_TRUE(Run());  // Its report is lost; perhaps the edge was never told.
    ASSERT_EQ(job_.order().facts().certificate_fingerprint(), reported.certificate_fingerprint());
    edge_.keys.clear();
    const auto again = Run();
    ASSERT_TRUE(again);
    EXPECT_TRUE(edge_.keys.contains(kName));
    Keep(again->report().facts());
    edge_.keys.clear();
    ASSERT_TRUE(Run());
    EXPECT_TRUE(edge_.keys.empty()) << "it was reported: there is nothing to do";
}

TEST_F(RenewCertificateTest, ACertificateThatTheEdgeLostIsPutBack)
{
    edge_.certificates.clear();
    const auto outcome = Run();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(edge_.certificates.contains(kName));
}

TEST_F(RenewCertificateTest, OneForAnotherKeyIsReplaced)
{
    const auto other = MakeCertificateKey();
    edge_.certificates[kName] = authority_.Issue(other, {kName});
    ASSERT_TRUE(Run());
    EXPECT_TRUE(CertificateIsFor(edge_.certificates.at(kName), key_));
}

TEST_F(RenewCertificateTest, DoesNothingOnceTheLeaseOfTheJobIsLost)
{
    clock_.Advance(24h * 61);
    intents_.lost = true;
    EXPECT_EQ(Run().error().reason, "LEASE_LOST");
    EXPECT_TRUE(acme_.requests.empty());
}

TEST_F(RenewCertificateTest, ReportsABudgetThatIsSpentAndLeavesTheEdgeAlone)
{
    clock_.Advance(24h * 61);
    const auto before = edge_.certificates.at(kName);
    acme_.fails = Error{ErrorCode::kExhausted, "ISSUANCE_BUDGET_SPENT", "spent"};
    EXPECT_EQ(Run().error().reason, "ISSUANCE_BUDGET_SPENT");
    EXPECT_EQ(edge_.certificates.at(kName), before);
}

TEST_F(RenewCertificateTest, AClockThatFindsTheNewOneDueTooDoesNotTurnIntoAStorm)
{
    clock_.Advance(24h * 400);
    const auto outcome = Run();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(Waits(outcome), 1h);
}

TEST_F(RenewCertificateTest, RefusesAnOrderWithoutANameOfItsOwn)
{
    job_.mutable_order()->clear_custom_hostname();
    EXPECT_EQ(Run().error().reason, "NO_OWN_NAME");
}

}  // namespace
}  // namespace berth::worker
