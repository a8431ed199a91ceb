#include <gtest/gtest.h>

#include "core/nostr/encryption.hpp"
#include "tests/fakes/fake_customer_names.hpp"
#include "tests/fakes/fake_dns.hpp"
#include "tests/fakes/fake_gateway.hpp"
#include "tests/fakes/fake_probe.hpp"
#include "tests/unit/worker/an_order.hpp"
#include "worker/provision/await_service.hpp"
#include "worker/provision/choose_bid.hpp"
#include "worker/provision/create_deployment.hpp"
#include "worker/provision/create_lease.hpp"
#include "worker/provision/prepare.hpp"
#include "worker/provision/publish_dns.hpp"
#include "worker/provision/send_manifest.hpp"
#include "worker/provision/verify_relay.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// Hashes the SDL itself, so that another SDL has another hash.
class FakeManifests final : public akash::ManifestSource {
public:
    Result<akash::Manifest> ManifestOf(const Secret& sdl, const akash::RelayDeployment&,
                                       Deadline) override
    {
        return akash::Manifest{.groups_json = "[]", .hash_hex = ToHex(Sha256(sdl.Expose()))};
    }
    Result<void> CheckMessage(const std::string& message, const Secret&, Deadline) override
    {
        checked.push_back(message);
        if (differs) return Fail(ErrorCode::kInvalid, "MESSAGE_MISMATCH", "message.groups");
        return {};
    }

    std::vector<std::string> checked;
    bool differs = false;
};

class ProvisionTest : public StepTest {
protected:
    v1::Job JobAt(const std::string& step)
    {
        auto job = AJob(step);
        job.mutable_order()->set_customer(customer_.pubkey());
        Prepared(job);
        auto& facts = *job.mutable_order()->mutable_facts();
        facts.set_deployment_height(1000);
        *facts.mutable_lease() = LeaseProto();
        return job;
    }
    static v1::Lease LeaseProto()
    {
        v1::Lease lease;
        lease.set_owner("akash1wallet");
        lease.set_dseq(77);
        lease.set_gseq(1);
        lease.set_oseq(1);
        lease.set_provider("p1");
        return lease;
    }
    CreateDeployment Creating()
    {
        return CreateDeployment{{chain_, manifests_, sealer_, terms_, pace_}};
    }
    ChooseBid Choosing() { return ChooseBid{{chain_, terms_, pace_, clock_, 30s}}; }

    PublishDns Publishing() { return {{dns_, customer_names_, clock_}, edge_, 60s, "berth.test"}; }

    const nostr::SecretKey customer_ = nostr::SecretKey::Generate();
    test::FakeCustomerNames customer_names_;
    FakeManifests manifests_;
    test::FakeGateway gateway_;
    test::FakeIngress ingress_;
    test::FakeProber prober_;
    test::FakeDns dns_;
    SystemClock clock_;
    const PublicEdge edge_{
        .address = "127.0.0.1", .port = 8443, .wildcard_zone = "relays.berth.test"};
};

TEST_F(ProvisionTest, PrepareSealsFreshSecretsForOperatorAndCustomer)
{
    Prepare prepare{sealer_, terms_, pace_};
    auto job = AJob("prepare");
    job.mutable_order()->set_customer(customer_.pubkey());
    const auto outcome = Run(prepare, job);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto& report = outcome->report();
    EXPECT_TRUE(report.has_done());
    const auto opened = sealer_.Open(job.order().name(), report.secrets());
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->contains(kPostgresPassword));
    const auto& last = report.secrets(report.secrets_size() - 1);
    EXPECT_EQ(last.reader(), "customer");
    EXPECT_EQ(*nostr::Decrypt44(last.sealed(), customer_, operator_key_.pubkey()),
              opened->at(kDashboardPassword));
}

TEST_F(ProvisionTest, PrepareMakesAKeyForACustomersOwnName)
{
    Prepare prepare{sealer_, terms_, pace_};
    auto job = AJob("prepare");
    job.mutable_order()->set_custom_hostname("relay.customer.test");
    const auto outcome = Run(prepare, job);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(
        sealer_.Open(job.order().name(), outcome->report().secrets())->contains(kCertificateKey));
}

TEST_F(ProvisionTest, PrepareKeepsTheSecretsThatItMadeBefore)
{
    Prepare prepare{sealer_, terms_, pace_};
    const auto outcome = Run(prepare, JobAt("prepare"));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->report().has_done());
    EXPECT_EQ(outcome->report().secrets_size(), 0);
}

TEST_F(ProvisionTest, PrepareRefusesAnImageThatIsNotPinned)
{
    Prepare prepare{sealer_, terms_, pace_};
    auto job = AJob("prepare");
    job.mutable_order()->mutable_plan()->set_image("registry.test/berth-relay:latest");
    const auto outcome = Run(prepare, job);
    ASSERT_TRUE(outcome.has_error());
    EXPECT_EQ(outcome.error().reason, "SDL_LINT");
}

TEST_F(ProvisionTest, CreateDeploymentAsksForATransactionOnce)
{
    auto create = Creating();
    auto job = JobAt("create_deployment");
    const auto first = Run(create, job);
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(first->report().has_transact());
    EXPECT_EQ(first->report().transact().kind(), "create_deployment");
    EXPECT_NE(first->report().transact().body().find("\"77\""), std::string::npos);

    *job.add_outbox() = AMessage("create_deployment", "signed");
    EXPECT_TRUE(Run(create, job)->report().has_not_yet());
}

TEST_F(ProvisionTest, CreateDeploymentSpendsNothingOnAMessageThatDiffersFromThePrograms)
{
    auto create = Creating();
    const auto asked = Run(create, JobAt("create_deployment"));
    ASSERT_TRUE(asked) << asked.error().message;
    ASSERT_EQ(manifests_.checked.size(), 1U);
    EXPECT_EQ(manifests_.checked[0], asked->report().transact().body());
    manifests_.differs = true;
    const auto outcome = Run(create, JobAt("create_deployment"));
    ASSERT_TRUE(outcome.has_error());
    EXPECT_EQ(outcome.error().reason, "MESSAGE_MISMATCH");
    EXPECT_EQ(outcome.error().code, ErrorCode::kInvalid) << "Trying again would not help.";
}

TEST_F(ProvisionTest, CreateDeploymentRefusesADepositThatTheChainWouldRefuse)
{
    auto create = Creating();
    chain_.deposit_minimums["uact"] = 5'000'001;
    EXPECT_EQ(Run(create, JobAt("create_deployment")).error().reason, "DEPOSIT_TOO_LOW");
    chain_.deposit_minimums.erase("uact");
    EXPECT_EQ(Run(create, JobAt("create_deployment")).error().reason, "DENOM_NOT_ACCEPTED");
}

TEST_F(ProvisionTest, CreateDeploymentAdoptsWhatACrashLeftOnChain)
{
    auto create = Creating();
    const auto job = JobAt("create_deployment");
    const auto deployment =
        DeploymentOf(job.order(), *sealer_.Open("orders/order1", job.order().secrets()), terms_,
                     *pace_.Measured());
    const auto hash =
        manifests_.ManifestOf(*RenderSdl(*deployment), *deployment, Deadline::max())->hash_hex;
    chain_.deployments[77] = {.id = {"akash1wallet", 77},
                              .state = "active",
                              .hash_hex = hash,
                              .created_at = 1004,
                              .escrow = {}};
    const auto outcome = Run(create, job);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->report().has_done());
    EXPECT_EQ(outcome->report().facts().deployment_height(), 1004);
    EXPECT_EQ(outcome->report().facts().sdl_hash(), hash);
}

TEST_F(ProvisionTest, CreateDeploymentFailsWhereTheNumberIsAnothersOrClosed)
{
    auto create = Creating();
    chain_.deployments[77] = {.id = {"akash1wallet", 77},
                              .state = "active",
                              .hash_hex = "ff",
                              .created_at = 1,
                              .escrow = {}};
    EXPECT_EQ(Run(create, JobAt("create_deployment"))->report().failed().reason(), "DSEQ_TAKEN");
    chain_.deployments[77].state = "closed";
    EXPECT_EQ(Run(create, JobAt("create_deployment"))->report().failed().reason(),
              "DEPLOYMENT_CLOSED");
}

TEST_F(ProvisionTest, CreateDeploymentTellsALastingRefusalFromAPassingOne)
{
    auto create = Creating();
    auto job = JobAt("create_deployment");
    auto& message = *job.add_outbox() = AMessage("create_deployment", "failed");
    message.set_codespace("sdk");
    message.set_code(11);
    EXPECT_TRUE(Run(create, job)->report().has_transact());
    message.set_codespace("deployment");
    message.set_code(20);
    EXPECT_EQ(Run(create, job)->report().failed().reason(), "TRANSACTION_REFUSED");
}

TEST_F(ProvisionTest, CreateDeploymentDecidesNothingWhileTheChainCannotBeRead)
{
    auto create = Creating();
    chain_.fails = Error{ErrorCode::kUnavailable, "NODE_UNAVAILABLE", "down"};
    EXPECT_EQ(Run(create, JobAt("create_deployment")).error().reason, "NODE_UNAVAILABLE");
}

TEST_F(ProvisionTest, ChooseBidGivesBidsTheirTimeThenTakesTheCheapest)
{
    auto choose = Choosing();
    auto job = JobAt("choose_bid");
    job.mutable_order()->mutable_facts()->set_deployment_height(chain_.status.height);
    chain_.bids = {ABid("p2", 9), ABid("p1", 8)};
    const auto early = Run(choose, job);
    ASSERT_TRUE(early->report().has_not_yet());
    EXPECT_EQ(early->report().not_yet().again_in_millis(), 30'000);
    chain_.Advance(5);
    const auto outcome = Run(choose, job);
    ASSERT_TRUE(outcome->report().has_done());
    EXPECT_EQ(outcome->report().facts().lease().provider(), "p1");
    EXPECT_EQ(outcome->report().facts().bids_size(), 2);
}

TEST_F(ProvisionTest, ChooseBidFailsAtTheEndOfItsBudgetWithEveryVerdict)
{
    auto choose = Choosing();
    auto job = JobAt("choose_bid");
    chain_.bids = {ABid("dear", 500)};
    EXPECT_TRUE(Run(choose, job)->report().has_not_yet());
    job.set_step_deadline(clock_.Now().time_since_epoch().count());
    const auto outcome = Run(choose, job);
    EXPECT_EQ(outcome->report().failed().reason(), "NO_ACCEPTABLE_BID");
    EXPECT_EQ(outcome->report().facts().bids_size(), 1);
}

TEST_F(ProvisionTest, CreateLeaseAdoptsTheLeaseThatIsThere)
{
    CreateLease create{chain_, terms_, pace_};
    chain_.leases = {{.id = {.owner = "akash1wallet", .dseq = 77, .provider = "p9"},
                      .state = "active",
                      .price = {.denom = "uact", .amount_e18 = 1},
                      .created_at = 1020,
                      .reason = {},
                      .withdrawn = {}}};
    const auto outcome = Run(create, JobAt("create_lease"));
    ASSERT_TRUE(outcome->report().has_done());
    EXPECT_EQ(outcome->report().facts().lease().provider(), "p9");
    EXPECT_EQ(outcome->report().facts().lease().created_height(), 1020);
}

TEST_F(ProvisionTest, CreateLeaseTakesTheNextBestWhereTheChosenBidIsGone)
{
    CreateLease create{chain_, terms_, pace_};
    chain_.bids = {ABid("p1", 8), ABid("p2", 9)};
    const auto wanted = Run(create, JobAt("create_lease"));
    EXPECT_NE(wanted->report().transact().body().find("p1"), std::string::npos);
    chain_.bids = {ABid("p2", 9)};
    const auto next = Run(create, JobAt("create_lease"));
    EXPECT_NE(next->report().transact().body().find("p2"), std::string::npos);
    EXPECT_EQ(next->report().facts().lease().provider(), "p2");
    chain_.bids.clear();
    EXPECT_TRUE(Run(create, JobAt("create_lease"))->report().has_not_yet());
}

TEST_F(ProvisionTest, SendManifestSendsTheSdlThatIsOnChainAndWritesItDownFirst)
{
    SendManifest send{{gateway_, sealer_, terms_, pace_, clock_}};
    const auto job = JobAt("send_manifest");
    const auto first = Run(send, job);
    ASSERT_TRUE(first->report().has_done());
    EXPECT_EQ(intents_.kept.size(), 1U);
    ASSERT_TRUE(Run(send, job)->report().has_done());
    EXPECT_EQ(gateway_.manifests.at(0), gateway_.manifests.at(1));
    EXPECT_NE(gateway_.manifests.at(0).find("pgpass"), std::string::npos);
}

TEST_F(ProvisionTest, SendManifestDoesNothingOnceTheLeaseOfTheJobIsLost)
{
    SendManifest send{{gateway_, sealer_, terms_, pace_, clock_}};
    intents_.lost = true;
    EXPECT_EQ(Run(send, JobAt("send_manifest")).error().reason, "LEASE_LOST");
    EXPECT_TRUE(gateway_.manifests.empty());
}

TEST_F(ProvisionTest, AwaitServiceAsksTheProviderOnceAndThenTheRelay)
{
    AwaitService await{gateway_, ingress_};
    auto job = JobAt("await_service");
    EXPECT_TRUE(Run(await, job)->report().has_not_yet());
    gateway_.services["relay"] = {.available = 0, .total = 1, .uris = {"abc.p1.akash.test"}};
    ingress_.fails = Error{ErrorCode::kUnavailable, "INGRESS_NOT_READY", "503"};
    const auto starting = Run(await, job);
    EXPECT_TRUE(starting->report().has_not_yet());
    EXPECT_EQ(starting->report().facts().ingress_host(), "abc.p1.akash.test");

    *job.mutable_order()->mutable_facts() = starting->report().facts();
    ingress_.fails.reset();
    EXPECT_TRUE(Run(await, job)->report().has_done());
    EXPECT_EQ(gateway_.status_questions, 2);
}

TEST_F(ProvisionTest, AwaitServiceLooksAgainSoonAtFirstAndLessOftenLater)
{
    AwaitService await{gateway_, ingress_};
    auto job = JobAt("await_service");
    const auto pause_at = [&](int attempt) {
        job.set_attempt(attempt);
        return Run(await, job)->report().not_yet().again_in_millis();
    };
    EXPECT_EQ(pause_at(1), 250);
    EXPECT_EQ(pause_at(4), 1000);
    EXPECT_EQ(pause_at(1000), 2000);
}

TEST_F(ProvisionTest, PublishDnsReportsAnUnavailableZoneWithoutWriting)
{
    auto publish = Publishing();
    dns_.fails = Error{ErrorCode::kUnavailable, "DNS_UNAVAILABLE", "The zone timed out."};
    const auto job = JobAt("publish_dns");
    EXPECT_EQ(Run(publish, job).error().reason, "DNS_UNAVAILABLE");
    EXPECT_TRUE(dns_.records.empty());
    dns_.fails.reset();
    const auto outcome = Run(publish, job);
    ASSERT_TRUE(outcome->report().has_done());
    EXPECT_EQ(dns_.records.at({"order1.relays.berth.test", "A"}).value, "127.0.0.1");
    EXPECT_EQ(outcome->report().facts().connect_address(), "127.0.0.1:8443");
}

TEST_F(ProvisionTest, PublishDnsWaitsForBothRecordsOfACustomersOwnName)
{
    auto publish = Publishing();
    auto job = JobAt("publish_dns");
    job.mutable_order()->set_custom_hostname("relay.customer.test");
    const auto waiting_for = [&] { return Run(publish, job)->report().not_yet().waiting_for(); };
    EXPECT_EQ(waiting_for(), "relay.customer.test CNAME order1.relays.berth.test is missing.");
    customer_names_.records["relay.customer.test"] = "order1.relays.berth.test";
    EXPECT_EQ(waiting_for(),
              "_acme-challenge.relay.customer.test CNAME order1.acme.berth.test is missing.");
    EXPECT_TRUE(dns_.records.empty());
    customer_names_.records["_acme-challenge.relay.customer.test"] = "order1.acme.berth.test";
    EXPECT_TRUE(Run(publish, job)->report().has_done());
}

TEST_F(ProvisionTest, PublishDnsFailsWithTheMissingRecordWhenItsTimeIsOver)
{
    auto publish = Publishing();
    auto job = JobAt("publish_dns");
    job.mutable_order()->set_custom_hostname("relay.customer.test");
    job.set_step_deadline((clock_.Now() + 5s).time_since_epoch().count());
    const auto failed = Run(publish, job)->report().failed();
    EXPECT_EQ(failed.reason(), "CNAME_MISSING");
    EXPECT_NE(failed.message().find("relay.customer.test CNAME"), std::string::npos);
    job.set_step_deadline((clock_.Now() + 1h).time_since_epoch().count());
    EXPECT_TRUE(Run(publish, job)->report().has_not_yet());
}

TEST_F(ProvisionTest, PublishDnsTriesAgainWhereNobodyCanSayWhatTheCustomerHas)
{
    auto publish = Publishing();
    auto job = JobAt("publish_dns");
    job.mutable_order()->set_custom_hostname("relay.customer.test");
    customer_names_.fails = Error{ErrorCode::kUnavailable, "DNS_UNAVAILABLE", "Silence."};
    EXPECT_EQ(Run(publish, job).error().reason, "DNS_UNAVAILABLE");
}

TEST_F(ProvisionTest, VerifyRelayWaitsUntilTheReportIsAccepted)
{
    VerifyRelay verify{prober_, sealer_, edge_};
    prober_.report.add_checks()->set_name("health");
    const auto failing = Run(verify, JobAt("verify_relay"));
    ASSERT_TRUE(failing->report().has_not_yet());
    EXPECT_NE(failing->report().not_yet().waiting_for().find("health"), std::string::npos);
    prober_.report.set_accepted(true);
    EXPECT_TRUE(Run(verify, JobAt("verify_relay"))->report().has_done());
    EXPECT_EQ(prober_.asked.back().dashboard_password.Expose(), "dashpass");
    EXPECT_EQ(prober_.asked.back().port, 8443);
}

}  // namespace
}  // namespace berth::worker
