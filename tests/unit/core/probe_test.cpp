#include <gmock/gmock.h>

#include <algorithm>

#include "core/probe/http_client.hpp"
#include "core/probe/relay_client.hpp"
#include "core/probe/relay_probe.hpp"
#include "tests/unit/core/fake_dns_server.hpp"
#include "tests/unit/core/fake_relay.hpp"

namespace berth::probe {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kHost = "r.berth.test";

class ProbeTest : public testing::Test {
protected:
    ProbeTest() { dns_.SetAddress(kHost, "127.0.0.1"); }

    NetworkRelayProbe::Options OptionsFor(const FakeRelay& relay) const
    {
        return {.authoritative_servers = {dns_.address()},
                .resolvers = {dns_.address()},
                .addresses = *AddressPolicy::Parse({"127.0.0.0/8"}),
                .ca_file = relay.ca_file(),
                .step_limit = 3s};
    }

    ProbeRequest RequestFor(const FakeRelay& relay) const
    {
        return {.relay_url = std::string{"wss://"} + kHost,
                .connect_port = relay.port(),
                .expected_limits = {{"max_subscriptions", 20}},
                .expected_issuer = "Fake CA",
                .dashboard_password = Secret{"sesame"}};
    }

    ProbeReport Probe(const FakeRelay& relay)
    {
        return NetworkRelayProbe{OptionsFor(relay), key_, clock_}.Run(RequestFor(relay),
                                                                      Deadline::After(30s));
    }

    /// The names of the checks that did not pass.
    static std::string Failures(const ProbeReport& report)
    {
        std::string names;
        for (const auto& check : report.checks) {
            if (!check.passed) names += check.name + " (" + check.detail + ") ";
        }
        return names;
    }

    FakeDnsServer dns_;
    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    const SystemClock clock_;
};

TEST_F(ProbeTest, AcceptsARelayThatDoesWhatWasPromised)
{
    const FakeRelay relay{kHost, {}};
    const auto report = Probe(relay);
    EXPECT_TRUE(report.accepted) << Failures(report);
    EXPECT_EQ(report.connect_address, "127.0.0.1:" + std::to_string(relay.port()));
    EXPECT_EQ(report.nonce_event_id.size(), 64U);
    EXPECT_EQ(report.checks.size(), 15U);
    EXPECT_TRUE(std::all_of(report.checks.begin(), report.checks.end(),
                            [](const Check& check) { return check.latency.count() >= 0; }));
}

TEST_F(ProbeTest, WritesAFreshEventEachTime)
{
    const FakeRelay relay{kHost, {}};
    EXPECT_NE(Probe(relay).nonce_event_id, Probe(relay).nonce_event_id);
}

TEST_F(ProbeTest, AuthenticatesWhereTheRelayDemandsIt)
{
    const FakeRelay relay{kHost, {.demands_auth = true}};
    const auto report = Probe(relay);
    EXPECT_TRUE(report.accepted) << Failures(report);
    EXPECT_TRUE(std::any_of(report.checks.begin(), report.checks.end(),
                            [](const Check& check) { return check.name == "auth"; }));
}

TEST_F(ProbeTest, NamesWhatTheRelayDoesNotDo)
{
    const std::vector<std::pair<RelayManners, std::string>> cases{
        {{.refuses_events = true}, "event_ok"}, {{.forgets_events = true}, "read_back"},
        {{.ignores_close = true}, "close"},     {{.dashboard_is_open = true}, "dashboard_refuses"},
        {{.health_status = 503}, "health"},     {{.max_subscriptions = 19}, "nip11"},
    };
    for (const auto& [manners, name] : cases) {
        const FakeRelay relay{kHost, manners};
        const auto report = Probe(relay);
        EXPECT_FALSE(report.accepted) << name;
        EXPECT_TRUE(Failures(report).starts_with(name)) << Failures(report);
    }
}

TEST_F(ProbeTest, RefusesAPrivateAddressBeforeItConnects)
{
    const FakeRelay relay{kHost, {}};
    auto options = OptionsFor(relay);
    options.addresses = AddressPolicy{};
    const auto report =
        NetworkRelayProbe{options, key_, clock_}.Run(RequestFor(relay), Deadline::After(30s));
    EXPECT_FALSE(report.accepted);
    EXPECT_EQ(report.checks.back().name, "address_allowed");
    EXPECT_TRUE(report.connect_address.empty());
}

TEST_F(ProbeTest, RefusesACertificateOfAnotherNameIssuerOrNearItsEnd)
{
    const FakeRelay other{"other.berth.test", {}};
    EXPECT_THAT(Failures(Probe(other)), HasSubstr("certificate (TLS_NOT_TRUSTED"));
    const FakeRelay relay{kHost, {}};
    auto options = OptionsFor(relay);
    options.ca_file = other.ca_file();
    EXPECT_THAT(
        Failures(
            NetworkRelayProbe(options, key_, clock_).Run(RequestFor(relay), Deadline::After(30s))),
        HasSubstr("certificate (TLS_NOT_TRUSTED"));
    options = OptionsFor(relay);
    options.certificate_left = 91 * 24h;
    EXPECT_THAT(
        Failures(
            NetworkRelayProbe(options, key_, clock_).Run(RequestFor(relay), Deadline::After(30s))),
        HasSubstr("CERTIFICATE_ENDS"));
}

TEST_F(ProbeTest, NoticesServersThatDisagree)
{
    const FakeRelay relay{kHost, {}};
    FakeDnsServer stale;
    stale.SetAddress(kHost, "127.0.0.2");
    auto options = OptionsFor(relay);
    options.authoritative_servers.push_back(stale.address());
    const auto report =
        NetworkRelayProbe{options, key_, clock_}.Run(RequestFor(relay), Deadline::After(30s));
    EXPECT_FALSE(report.accepted);
    EXPECT_THAT(Failures(report), HasSubstr("dns_agrees (DNS_DISAGREES"));
}

TEST_F(ProbeTest, ComesBackInTimeFromARelayThatHangs)
{
    const FakeRelay relay{kHost, {.hangs = true}};
    auto options = OptionsFor(relay);
    options.step_limit = 200ms;
    const auto start = Deadline::Steady::now();
    const auto report =
        NetworkRelayProbe{options, key_, clock_}.Run(RequestFor(relay), Deadline::After(10s));
    EXPECT_FALSE(report.accepted);
    EXPECT_LT(Deadline::Steady::now() - start, 8s);
    EXPECT_THAT(Failures(report), HasSubstr("READ_TIMED_OUT"));
}

TEST_F(ProbeTest, FetchesOverTlsWithinItsLimits)
{
    const FakeRelay relay{kHost, {}};
    HttpRoute route{.connect_address = "127.0.0.1",
                    .connect_port = relay.port(),
                    .resolver = nullptr,
                    .ca_file = relay.ca_file()};
    const auto url = std::string{"https://"} + kHost + "/health";
    const auto response = Fetch({.url = url}, route, Deadline::After(10s));
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->status, 200);
    route.body_limit = 4;
    EXPECT_EQ(Fetch({.url = url}, route, Deadline::After(10s)).error().reason, "TOO_LARGE");
    route.connect_port = 1;
    EXPECT_EQ(Fetch({.url = url}, route, Deadline::After(10s)).error().reason, "CONNECT_FAILED");
}

}  // namespace
}  // namespace berth::probe
