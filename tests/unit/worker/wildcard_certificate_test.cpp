#include "worker/provision/wildcard_certificate.hpp"

#include <filesystem>

#include "core/base/file.hpp"
#include "tests/fakes/fake_acme.hpp"
#include "tests/fakes/fake_acme_authority.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_edge.hpp"
#include "tests/unit/worker/an_order.hpp"
#include "worker/provision/issue_certificate.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

class WildcardCertificateTest : public StepTest {
protected:
    WildcardCertificateTest()
    {
        std::filesystem::remove(key_file_);
        acme_.issue = [this](const CertificateRequest& request) {
            return authority_.Issue(request.key_pem, request.names);
        };
    }
    ~WildcardCertificateTest() override { std::filesystem::remove(key_file_); }

    WildcardCertificate Wildcard()
    {
        return {{acme_, edge_, sealer_, clock_}, "relays.berth.test", key_file_};
    }

    const std::filesystem::path key_file_ =
        std::filesystem::temp_directory_path() / ("berth-wildcard-" + ToHex(RandomBytes(6)));
    TestAuthority authority_;
    test::FakeAcme acme_;
    test::FakeEdge edge_;
    FakeClock clock_{SystemClock{}.Now()};
    CustomerCertificate customers_{{acme_, edge_, sealer_, clock_}};
};

TEST_F(WildcardCertificateTest, AsksTheCaOnceForAllRelaysOfTheEdge)
{
    auto wildcard = Wildcard();
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    ASSERT_EQ(acme_.requests.size(), 1U);
    EXPECT_EQ(acme_.requests[0].names, std::vector<std::string>{"*.relays.berth.test"});
    EXPECT_TRUE(edge_.certificates.contains("relays.berth.test"));
}

TEST_F(WildcardCertificateTest, StoresTheKeySealedBeforeTheCaIsAsked)
{
    acme_.fails = Error{ErrorCode::kUnavailable, "ACME_UNAVAILABLE", "down"};
    ASSERT_TRUE(Wildcard().Ensure(Deadline::max()).has_error());
    const auto stored = ReadFile(key_file_);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->find("PRIVATE KEY"), std::string::npos);
    acme_.fails.reset();
    ASSERT_TRUE(Wildcard().Ensure(Deadline::max()));
    EXPECT_EQ(acme_.requests[0].key_pem, acme_.requests[1].key_pem);
}

TEST_F(WildcardCertificateTest, TellsTheEdgeAgainAfterARestartWithoutTheCa)
{
    ASSERT_TRUE(Wildcard().Ensure(Deadline::max()));
    edge_.keys.clear();
    ASSERT_TRUE(Wildcard().Ensure(Deadline::max()));
    EXPECT_TRUE(edge_.keys.contains("relays.berth.test"));
    EXPECT_EQ(acme_.requests.size(), 1U);
}

TEST_F(WildcardCertificateTest, ARenewedOneThatTheEdgeDidNotTakeIsToldToItAgain)
{
    auto wildcard = Wildcard();
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    clock_.Advance(24h * 61);
    acme_.issue = [this](const CertificateRequest& request) {
        return authority_.Issue(request.key_pem, request.names, 151);
    };
    edge_.fails = Error{ErrorCode::kUnavailable, "EDGE_UNAVAILABLE", "silent"};
    edge_.keeps_files = true;
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()).has_error());
    edge_.fails.reset();
    edge_.keys.clear();
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    EXPECT_TRUE(edge_.keys.contains("relays.berth.test"));
    EXPECT_EQ(acme_.requests.size(), 2U) << "the CA is not asked for what is there";
}

TEST_F(WildcardCertificateTest, RenewsByAFractionOfTheLifetime)
{
    auto wildcard = Wildcard();
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    clock_.Advance(24h * 59);
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    EXPECT_EQ(acme_.requests.size(), 1U);
    clock_.Advance(24h * 2);
    ASSERT_TRUE(wildcard.Ensure(Deadline::max()));
    EXPECT_EQ(acme_.requests.size(), 2U);
}

TEST_F(WildcardCertificateTest, ServesAnOrdersNamesAndRoutesThem)
{
    auto wildcard = Wildcard();
    IssueCertificate issue{{wildcard, customers_, edge_},
                           {.address = "127.0.0.1", .wildcard_zone = "relays.berth.test"}};
    auto job = AJob("issue_certificate");
    auto& order = *job.mutable_order();
    order.set_custom_hostname("relay.customer.test");
    order.mutable_facts()->set_ingress_host("abc.p1.akash.test");
    const auto key = MakeCertificateKey();
    for (auto& sealed : sealer_.Seal(order.name(), {{kCertificateKey, key}})) {
        *order.add_secrets() = std::move(sealed);
    }
    const auto outcome = Run(issue, job);
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_TRUE(outcome->report().has_done());
    EXPECT_EQ(edge_.routes.at(order.hostname()), "abc.p1.akash.test");
    EXPECT_EQ(edge_.routes.at("relay.customer.test"), "abc.p1.akash.test");
    EXPECT_EQ(edge_.keys.at("relay.customer.test"), key);
    EXPECT_EQ(outcome->report().facts().certificate_fingerprint().size(), 64U);
}

TEST_F(WildcardCertificateTest, RefusesANameThatTheWildcardDoesNotCover)
{
    auto wildcard = Wildcard();
    IssueCertificate issue{{wildcard, customers_, edge_},
                           {.address = "127.0.0.1", .wildcard_zone = "relays.berth.test"}};
    auto job = AJob("issue_certificate");
    job.mutable_order()->set_hostname("a.b.relays.berth.test");
    EXPECT_EQ(Run(issue, job).error().reason, "HOSTNAME_OUTSIDE_EDGE");
    EXPECT_TRUE(acme_.requests.empty());
}

}  // namespace
}  // namespace berth::worker
