#include "cli/stack/bind.hpp"
#include "cli/stack/haproxy.hpp"
#include "cli/stack/pebble.hpp"
#include "cli/stack/ports.hpp"
#include "cli/stack/postgres.hpp"
#include "core/base/command_runner.hpp"
#include "core/base/file.hpp"
#include "tests/integration/stack/temporary_folder.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using testing::HasSubstr;

class ServersTest : public testing::Test {
protected:
    CommandOutput Run(std::vector<std::string> argv, std::string input = {},
                      std::map<std::string, std::string> environment = {})
    {
        ProcessRunner runner{1};
        const auto output = runner.Run({.argv = std::move(argv),
                                        .environment = std::move(environment),
                                        .stdin_bytes = std::move(input)},
                                       Deadline::After(60s));
        return output ? *output : CommandOutput{.exit_code = -1, .out = {}, .err = {}};
    }
    std::vector<std::uint16_t> Ports(std::size_t count) { return *FreePorts(count); }
    static Deadline Soon() { return Deadline::After(20s); }

    TemporaryFolder folder_;
};

std::vector<Zone> Zones()
{
    return {{"berth.test", {"edge IN A 127.0.0.1"}, "operator"},
            {"customer.test", {"_acme-challenge.relay IN CNAME token.acme.berth.test."}, ""},
            {"akash.test", {"* IN A 127.0.0.1"}, ""}};
}

bool Runs(pid_t pid) { return fs::exists("/proc/" + std::to_string(pid)); }

TEST_F(ServersTest, PortsAreDifferentAndFree)
{
    const auto ports = Ports(50);
    EXPECT_EQ((std::set<std::uint16_t>{ports.begin(), ports.end()}.size()), 50U);
    for (const auto port : ports) EXPECT_FALSE(Listens(port));
}

TEST_F(ServersTest, PostgresServesADatabaseAndLeavesNothing)
{
    auto postgres = std::make_unique<Postgres>(folder_.path() / "postgres");
    const auto started = postgres->Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    const auto url = postgres->CreateDatabase("ledger");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(PQping(url->c_str()), PQPING_OK);
    const auto pid = postgres->child().pid();
    const auto files = fs::read_symlink(folder_.path() / "postgres/files");
    postgres.reset();
    EXPECT_FALSE(Runs(pid));
    EXPECT_FALSE(fs::exists(files));
}

TEST_F(ServersTest, PostgresComesBackWithItsDataAfterACrash)
{
    Postgres postgres{folder_.path() / "postgres"};
    ASSERT_TRUE(postgres.Start(Soon()));
    const auto url = postgres.CreateDatabase("ledger");
    ASSERT_TRUE(url);
    postgres.child().Kill();
    EXPECT_NE(PQping(url->c_str()), PQPING_OK);
    const auto started = postgres.Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    EXPECT_EQ(PQping(url->c_str()), PQPING_OK);
}

TEST_F(ServersTest, BindServesItsZonesAndKnowsNoOtherName)
{
    const auto port = Ports(1)[0];
    Bind bind{folder_.path() / "bind", port, Zones()};
    const auto started = bind.Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    const auto ask = [&](const std::string& name) {
        return Run({"dig", "@127.0.0.1", "-p", std::to_string(port), "+noall", "+answer",
                    "+comments", "A", name})
            .out;
    };
    EXPECT_THAT(ask("edge.berth.test"), HasSubstr("127.0.0.1"));
    EXPECT_THAT(ask("abc.ingress.europlots.akash.test"), HasSubstr("127.0.0.1"));
    EXPECT_THAT(ask("example.com"), HasSubstr("NXDOMAIN"));
    bind.Stop();
    EXPECT_FALSE(Listens(port));
}

TEST_F(ServersTest, BindTakesUpdatesWithTheKeyOnlyAndFollowsCnamesIntoOurZone)
{
    const auto port = std::to_string(Ports(1)[0]);
    Bind bind{folder_.path() / "bind", static_cast<std::uint16_t>(std::stoi(port)), Zones()};
    ASSERT_TRUE(bind.Start(Soon()));
    const std::string update =
        "server 127.0.0.1 " + port +
        "\nzone berth.test\nupdate add token.acme.berth.test 1 TXT proof\nsend\n";
    EXPECT_NE(Run({"nsupdate", "-v", "-t", "3"}, update).exit_code, 0);
    const auto updated = Run({"nsupdate", "-v", "-t", "3", "-k", bind.KeyFile("operator")}, update);
    EXPECT_EQ(updated.exit_code, 0) << updated.err;
    const auto seen = Run(
        {"dig", "@127.0.0.1", "-p", port, "+short", "TXT", "_acme-challenge.relay.customer.test"});
    EXPECT_THAT(seen.out, HasSubstr("proof"));
}

TEST_F(ServersTest, BindFollowsACnameToANameThatItsForwarderKnows)
{
    const auto ports = Ports(2);
    const Zone of_provider{.name = "provider.test", .records = {"ingress IN A 127.0.0.9"}};
    Bind outside{folder_.path() / "outside", ports[0], {of_provider}};
    ASSERT_TRUE(outside.Start(Soon()));
    const Zone ours{.name = "berth.test", .records = {"relay IN CNAME ingress.provider.test."}};
    Bind bind{folder_.path() / "bind", ports[1], {ours}, {{"127.0.0.1", ports[0]}}};
    const auto started = bind.Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    const auto ask = [&](const std::string& name) {
        return Run({"dig", "@127.0.0.1", "-p", std::to_string(ports[1]), "+noall", "+answer",
                    "+comments", "A", name})
            .out;
    };
    EXPECT_THAT(ask("relay.berth.test"), HasSubstr("127.0.0.9"));
    EXPECT_THAT(ask("nobody.berth.test"), HasSubstr("NXDOMAIN")) << "Our zones stay ours.";
}

TEST(ForwardersTest, AreAddressesWithOrWithoutAPort)
{
    const auto parsed = ParseForwarders("192.0.2.1, 10.0.0.1:5353 [2001:db8::1]:54,2001:db8::2");
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->size(), 4U);
    EXPECT_EQ((*parsed)[0].address, "192.0.2.1");
    EXPECT_EQ((*parsed)[0].port, 53);
    EXPECT_EQ((*parsed)[1].port, 5353);
    EXPECT_EQ((*parsed)[2].address, "2001:db8::1");
    EXPECT_EQ((*parsed)[2].port, 54);
    EXPECT_EQ((*parsed)[3].address, "2001:db8::2");
    for (const char* bad : {"ns.example.com", "192.0.2.1:0", "192.0.2.1:x", "1.2.3", "[::1", ":"}) {
        EXPECT_EQ(ParseForwarders(bad).error().reason, "BAD_FORWARDER") << bad;
    }
}

TEST(ForwardersTest, AreTakenFromTheSystemsConfiguration)
{
    const auto found = SystemForwarders(
        "# none\nsearch a b\nnameserver 192.0.2.7\n"
        "nameserver fe80::1%eth0\nnameserver 2001:db8::3\n");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].address, "192.0.2.7");
    EXPECT_EQ(found[1].address, "2001:db8::3");
}

TEST_F(ServersTest, PebbleIssuesACertificateThroughOurNameServer)
{
    const auto ports = Ports(3);
    Bind bind{folder_.path() / "bind", ports[0], Zones()};
    ASSERT_TRUE(bind.Start(Soon()));
    Pebble pebble{{.folder = folder_.path() / "pebble",
                   .port = ports[1],
                   .management_port = ports[2],
                   .resolver = bind.Address()}};
    const auto started = pebble.Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    const auto key = *ReadFile(bind.KeyFile("operator"));
    const auto quote = key.find("secret \"") + 8;
    const auto issued =
        Run({"lego", "--server", pebble.Directory(), "--email", "a@berth.test", "--accept-tos",
             "--dns", "rfc2136", "--dns.disable-cp", "--dns.resolvers", bind.Address(), "--domains",
             "*.relays.berth.test", "--path", folder_.path() / "lego", "run"},
            {},
            {{"LEGO_CA_CERTIFICATES", pebble.ServerCa()},
             {"RFC2136_NAMESERVER", bind.Address()},
             {"RFC2136_TSIG_ALGORITHM", "hmac-sha256."},
             {"RFC2136_TSIG_KEY", "operator"},
             {"RFC2136_TSIG_SECRET", key.substr(quote, key.find('"', quote) - quote)}});
    ASSERT_EQ(issued.exit_code, 0) << issued.err;
    const auto chain = folder_.path() / "lego/certificates/_.relays.berth.test.crt";
    const auto verified =
        Run({"openssl", "verify", "-CAfile", pebble.Root(), "-untrusted", chain, chain});
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
}

TEST_F(ServersTest, HaproxyServesTheGivenConfiguration)
{
    const auto port = Ports(1)[0];
    Haproxy haproxy{folder_.path() / "haproxy", {port}};
    const auto config =
        "defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n"
        "frontend f\n bind 127.0.0.1:" +
        std::to_string(port) +
        "\n http-request return status 200 content-type text/plain string hello\n";
    ASSERT_TRUE(haproxy.Configure(config));
    const auto started = haproxy.Start(Soon());
    ASSERT_TRUE(started) << started.error().message;
    const auto got = Run({"curl", "-s", "http://127.0.0.1:" + std::to_string(port) + "/"});
    EXPECT_EQ(got.out, "hello");
    haproxy.Stop();
    EXPECT_FALSE(Listens(port));
}

TEST_F(ServersTest, HaproxySaysWhatIsWrongWithAConfiguration)
{
    Haproxy haproxy{folder_.path() / "haproxy", {Ports(1)[0]}};
    ASSERT_TRUE(haproxy.Configure("nonsense\n"));
    const auto started = haproxy.Start(Soon());
    ASSERT_TRUE(started.has_error());
    EXPECT_EQ(started.error().reason, "CHILD_ENDED");
    EXPECT_THAT(started.error().message, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace berth::stack
