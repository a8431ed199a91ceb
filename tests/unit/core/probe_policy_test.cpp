#include <gmock/gmock.h>

#include "core/probe/address_policy.hpp"
#include "core/probe/http_client.hpp"
#include "core/probe/resolver.hpp"
#include "tests/unit/core/fake_dns_server.hpp"

namespace berth::probe {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(AddressPolicyTest, RefusesEverythingThatIsNotPublic)
{
    const AddressPolicy policy;
    for (const auto* address : {"127.0.0.1",
                                "10.1.2.3",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.168.1.1",
                                "169.254.169.254",
                                "100.64.0.1",
                                "0.0.0.0",
                                "224.0.0.1",
                                "255.255.255.255",
                                "::1",
                                "::",
                                "fe80::1",
                                "fd00::1",
                                "fec0::1",
                                "ff02::1",
                                "::ffff:8.8.8.8",
                                "::ffff:127.0.0.1",
                                "64:ff9b::7f00:1",
                                "2002:7f00:1::",
                                "::127.0.0.1",
                                "",
                                "localhost",
                                "8.8.8.8:53",
                                "1.2.3"}) {
        EXPECT_FALSE(policy.Allows(address)) << address;
    }
    for (const auto* address : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"}) {
        EXPECT_TRUE(policy.Allows(address)) << address;
    }
}

TEST(AddressPolicyTest, AllowsTheNetworksThatItIsGiven)
{
    const auto policy = AddressPolicy::Parse({"127.0.0.0/8", "fd00:1::/32", "10.0.0.5/32"});
    ASSERT_TRUE(policy.has_value());
    EXPECT_TRUE(policy->Allows("127.1.2.3"));
    EXPECT_TRUE(policy->Allows("fd00:1::9"));
    EXPECT_TRUE(policy->Allows("10.0.0.5"));
    EXPECT_FALSE(policy->Allows("10.0.0.4"));
    EXPECT_FALSE(policy->Allows("fd00:2::9"));
    EXPECT_FALSE(policy->Allows("::ffff:127.0.0.1"));
    for (const auto* text :
         {"127.0.0.1", "127.0.0.0/33", "127.0.0.0/-1", "x/8", "127.0.0.0/8x", ""}) {
        EXPECT_EQ(AddressPolicy::Parse({text}).error().reason, "BAD_NETWORK") << text;
    }
}

TEST(UrlTest, TakesAddressesApart)
{
    const auto url = ParseUrl("wss://Relay.Example:8443/path?x=1");
    ASSERT_TRUE(url.has_value());
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, "relay.example");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->target, "/path?x=1");
    EXPECT_EQ(ParseUrl("http://[::1]:5005")->host, "::1");
    EXPECT_EQ(ParseUrl("https://x")->port, 443);
    EXPECT_EQ(ParseUrl("ws://x?q")->target, "/?q");
    for (const auto* text :
         {"", "x", "ftp://x", "http://", "http://u@x", "http://x:0", "http://x:99999",
          "http://x:1x", "http://x/#f", "http://x/ y", "http://x\r\nHost: y"}) {
        EXPECT_EQ(ParseUrl(text).error().reason, "BAD_URL") << text;
    }
}

TEST(ResolverTest, FollowsAliasesAndNamesThem)
{
    FakeDnsServer server;
    server.SetAddress("edge.berth.test", "127.0.0.9");
    server.SetAlias("r.berth.test", "edge.berth.test");
    const Resolver resolver{{server.address()}};
    const auto found = resolver.Resolve("R.berth.test", Deadline::After(10s));
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_THAT(found->addresses, ElementsAre("127.0.0.9"));
    EXPECT_THAT(found->aliases, ElementsAre("edge.berth.test"));
}

TEST(ResolverTest, TellsNoSuchNameFromNoAnswer)
{
    FakeDnsServer server;
    server.SetAlias("dangling.berth.test", "gone.berth.test");
    const Resolver resolver{{server.address()}};
    for (const auto* name : {"none.berth.test", "dangling.berth.test"}) {
        const auto found = resolver.Resolve(name, Deadline::After(10s));
        ASSERT_TRUE(found.has_error()) << name;
        EXPECT_EQ(found.error().reason, "DNS_NAME_NOT_FOUND") << name;
    }
    EXPECT_EQ(resolver.Resolve("a b", Deadline::After(10s)).error().reason, "BAD_HOSTNAME");
    const auto silent = Resolver{{"127.0.0.1:1"}}.Resolve("x.berth.test", Deadline::After(500ms));
    ASSERT_TRUE(silent.has_error());
    EXPECT_NE(silent.error().reason, "DNS_NAME_NOT_FOUND");
}

}  // namespace
}  // namespace berth::probe
