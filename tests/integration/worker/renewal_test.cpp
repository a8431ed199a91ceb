#include "cli/stack/pebble.hpp"
#include "core/base/file.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/integration/worker/edge_world.hpp"
#include "tests/unit/worker/an_order.hpp"
#include "worker/adapters/lego_acme.hpp"
#include "worker/upkeep/renew_certificate.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kName = "relay.customer.test";

/// A customer's own name at a real edge, by a certificate of one day that an earlier run of the
/// worker got and left in the folders of CA and edge.
class RenewalTest : public WithEdge {
protected:
    void SetUp() override
    {
        WithEdge::SetUp();
        const auto ports = stack::FreePorts(2).value();
        pebble_ = std::make_unique<stack::Pebble>(
            stack::Pebble::Settings{.folder = folder_.path() / "pebble",
                                    .port = ports[0],
                                    .management_port = ports[1],
                                    .resolver = bind_->Address()});
        ASSERT_TRUE(pebble_->Start(Soon()));
        const auto first = authority_.Issue(key_, {kName}, 1);
        const auto folder = folder_.path() / "acme" / kName / "certificates";
        std::filesystem::create_directories(folder);
        ASSERT_TRUE(WriteFileAtomically(folder / (std::string{kName} + ".crt"), first));
        HaproxyEdge edge{settings_};
        ASSERT_TRUE(edge.InstallCertificate(kName, first, key_, Soon()));
        ASSERT_TRUE(edge.Route(kName, "p1.akash.test", Soon()));
        auto& order = *job_.mutable_order();
        order.set_custom_hostname(kName);
        *order.mutable_facts() = ToFacts(*ReadCertificate(first));
        for (auto& sealed : sealer_.Seal(order.name(), {{kCertificateKey, key_}})) {
            *order.add_secrets() = std::move(sealed);
        }
    }

    AcmeSettings Ca() const
    {
        return {.directory = pebble_->Directory(),
                .email = "operator@berth.test",
                .ca_file = pebble_->ServerCa(),
                .folder = folder_.path() / "acme",
                .resolver = bind_->Address(),
                .dns_server = bind_->Address(),
                .tsig_file = bind_->KeyFile("worker"),
                .limits = {}};
    }
    /// One run of the step by a worker that has just been started.
    Result<StepOutcome> RunOnce(const AcmeSettings& ca)
    {
        LegoAcme acme{runner_, clock_, ca};
        HaproxyEdge edge{settings_};
        CustomerCertificate customers{{acme, edge, sealer_, clock_}};
        const probe::Resolver resolver{{bind_->Address()}};
        ResolvedCustomerNames names{resolver};
        RenewCertificate renew{{customers, names, clock_}, "berth.test"};
        return renew.Run({.job = job_, .intents = intents_, .deadline = Soon()});
    }
    std::string Served(const std::filesystem::path& ca_file)
    {
        return Tunnel{kName, ports_[0], ca_file}.fingerprint();
    }

    std::unique_ptr<stack::Pebble> pebble_;
    FakeClock clock_{SystemClock{}.Now()};
    KeptIntents intents_;
    const OrderSealer sealer_ =
        OrderSealer::Make(Secret{ToHex(RandomBytes(32))}, nostr::SecretKey::Generate()).value();
    v1::Job job_ = AJob("renew_certificate");
};

TEST_F(RenewalTest, TheEdgeServesTheNewCertificateAndKeepsTheConnectionsOfTheOldOne)
{
    Tunnel open{kName, ports_[0], ca_file_};
    const auto first = open.fingerprint();
    EXPECT_EQ(open.Say("before"), "before");
    auto outcome = RunOnce(Ca());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(Served(ca_file_), first) << "two thirds of its day are not over";

    clock_.Advance(17h);
    outcome = RunOnce(Ca());
    ASSERT_TRUE(outcome) << outcome.error().reason << ' ' << outcome.error().message;
    const auto renewed = outcome->report().facts().certificate_fingerprint();
    EXPECT_NE(renewed, first);
    EXPECT_EQ(Served(pebble_->Root()), renewed);
    EXPECT_EQ(open.Say("after"), "after") << "the connection of before the renewal";
    EXPECT_GT(outcome->report().not_yet().again_in_millis(), 0);

    haproxy_->Stop();
    ASSERT_TRUE(StartHaproxy());
    EXPECT_EQ(Served(pebble_->Root()), renewed) << "it survives a restart of the edge";
}

TEST_F(RenewalTest, AWorkerThatDiesAfterTheCaAnsweredUsesWhatWasIssued)
{
    clock_.Advance(17h);
    haproxy_->Stop();  // The CA issues, then nothing can be told to the edge.
    const auto cut = RunOnce(Ca());
    ASSERT_TRUE(cut.has_error());
    EXPECT_EQ(cut.error().reason, "EDGE_UNAVAILABLE");
    pebble_->Stop();
    auto ca = Ca();
    ca.limits.per_domain_and_week = 0;
    ASSERT_TRUE(StartHaproxy());
    const auto outcome = RunOnce(ca);
    ASSERT_TRUE(outcome) << outcome.error().reason << ' ' << outcome.error().message;
    EXPECT_EQ(Served(pebble_->Root()), outcome->report().facts().certificate_fingerprint());
}

TEST_F(RenewalTest, ANameWhoseChallengeWasTakenAwayCostsNothingAndGoesOnBeingServed)
{
    clock_.Advance(17h);
    job_.mutable_order()->set_name("orders/order2");  // The customer's record names order1.
    job_.mutable_order()->clear_secrets();
    for (auto& sealed : sealer_.Seal("orders/order2", {{kCertificateKey, key_}})) {
        *job_.mutable_order()->add_secrets() = std::move(sealed);
    }
    const auto refused = RunOnce(Ca());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "CNAME_MISSING");
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "acme" / "issued.txt"));
    EXPECT_EQ(Tunnel(kName, ports_[0], ca_file_).Say("still"), "still");
}

TEST_F(RenewalTest, ABudgetThatIsSpentLeavesTheOldOneServed)
{
    clock_.Advance(17h);
    auto ca = Ca();
    ca.limits.per_domain_and_week = 0;
    const auto refused = RunOnce(ca);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "ISSUANCE_BUDGET_SPENT");
    EXPECT_EQ(Tunnel(kName, ports_[0], ca_file_).Say("still"), "still");
}

}  // namespace
}  // namespace berth::worker
