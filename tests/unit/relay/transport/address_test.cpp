#include <gtest/gtest.h>

#include "relay-image/transport/networks.hpp"
#include "relay-image/transport/proxy_header.hpp"
#include "relay-image/transport/throttle.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using State = ProxyHeader::State;

boost::asio::ip::address Address(const char* text) { return boost::asio::ip::make_address(text); }

Networks Of(const std::vector<std::string>& blocks) { return Networks::Parse(blocks).value(); }

TEST(NetworksTest, HoldsWhatLiesInItsBlocks)
{
    const auto networks = Of({"10.1.0.0/16", "192.0.2.7", "fd00::/8", "::1"});
    for (const auto* inside : {"10.1.255.1", "192.0.2.7", "fd12::1", "::1", "::ffff:10.1.2.3"}) {
        EXPECT_TRUE(networks.Hold(Address(inside))) << inside;
    }
    for (const auto* outside : {"10.2.0.1", "192.0.2.8", "fe80::1", "::2", "::ffff:10.2.0.1"}) {
        EXPECT_FALSE(networks.Hold(Address(outside))) << outside;
    }
    EXPECT_FALSE(Networks{}.Hold(Address("127.0.0.1")));
}

TEST(NetworksTest, RefusesWhatIsNoNetwork)
{
    for (const auto* text : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "name", "10.0.0.1/x"}) {
        EXPECT_EQ(Networks::Parse({text}).error().reason, "BAD_NETWORK") << text;
    }
}

TEST(ForwardedClientTest, BelievesOnlyWhatTrustedProxiesAppended)
{
    const auto trusted = Of({"10.0.0.0/8"});
    const auto client = [&](const char* list) {
        return ForwardedClient(Address("10.0.0.1"), list, trusted).to_string();
    };
    EXPECT_EQ(client("203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("1.1.1.1, 203.0.113.5"), "203.0.113.5") << "the client wrote the first one";
    EXPECT_EQ(client("203.0.113.5, 10.0.0.2"), "203.0.113.5");
    EXPECT_EQ(client("10.0.0.3,10.0.0.2"), "10.0.0.3");
    EXPECT_EQ(client("203.0.113.5:4711"), "203.0.113.5");
    EXPECT_EQ(client("[2001:db8::1]:4711"), "2001:db8::1");
    EXPECT_EQ(client("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(client("::ffff:203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client(""), "10.0.0.1");
    EXPECT_EQ(client("unknown"), "10.0.0.1");
    EXPECT_EQ(client("1.1.1.1, unknown, 10.0.0.2"), "10.0.0.2");
}

TEST(ProxyHeaderTest, ReadsTheTextForm)
{
    const auto header = ReadProxyHeader("PROXY TCP4 203.0.113.5 10.0.0.1 4711 80\r\nGET /");
    EXPECT_EQ(header.state, State::kComplete);
    EXPECT_EQ(header.size, 41U);
    EXPECT_EQ(header.client, Address("203.0.113.5"));
    EXPECT_EQ(ReadProxyHeader("PROXY TCP6 2001:db8::1 ::1 4711 80\r\n").client,
              Address("2001:db8::1"));
    EXPECT_FALSE(ReadProxyHeader("PROXY UNKNOWN\r\n").client);
    EXPECT_EQ(ReadProxyHeader("PROXY UNKNOWN\r\n").state, State::kComplete);
}

TEST(ProxyHeaderTest, ReadsTheBinaryForm)
{
    const std::string signature{"\r\n\r\n\0\r\nQUIT\n", 12};
    const std::string v4 = signature + std::string{
                                           "\x21\x11\x00\x0C\xCB\x00\x71\x05\x0A\x00\x00\x01"
                                           "\x12\x67\x00\x50",
                                           16};
    const auto header = ReadProxyHeader(v4 + "GET");
    EXPECT_EQ(header.state, State::kComplete);
    EXPECT_EQ(header.size, v4.size());
    EXPECT_EQ(header.client, Address("203.0.113.5"));
    const auto v6 = signature + std::string{"\x21\x21\x00\x24", 4} + std::string(15, '\0') +
                    "\x01" + std::string(20, '\0');
    EXPECT_EQ(ReadProxyHeader(v6).client, Address("::1"));
    const auto local = ReadProxyHeader(signature + std::string{"\x20\x00\x00\x00", 4});
    EXPECT_EQ(local.state, State::kComplete);
    EXPECT_FALSE(local.client);
    EXPECT_EQ(ReadProxyHeader(signature + std::string{"\x31\x11\x00\x0C", 4}).state,
              State::kBroken);
    EXPECT_EQ(ReadProxyHeader(signature + std::string{"\x21\x11\xFF\xFF", 4}).state,
              State::kBroken);
    EXPECT_EQ(ReadProxyHeader(signature + std::string{"\x21\x11\x00\x02XX", 6}).state,
              State::kBroken);
}

TEST(ProxyHeaderTest, WaitsForTheRestAndLetsOthersPass)
{
    const std::string whole = "PROXY TCP4 203.0.113.5 10.0.0.1 4711 80\r\n";
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_EQ(ReadProxyHeader(whole.substr(0, length)).state, State::kMore) << length;
    }
    EXPECT_EQ(ReadProxyHeader("GET / HTTP/1.1\r\n").state, State::kNone);
    EXPECT_EQ(ReadProxyHeader("\x16\x03\x01").state, State::kNone);
    EXPECT_EQ(ReadProxyHeader("PROXY TCP4 nonsense\r\n").state, State::kBroken);
    EXPECT_EQ(ReadProxyHeader("PROXY TCP4 ::1 ::1 1 2\r\n").state, State::kBroken);
    EXPECT_EQ(ReadProxyHeader("PROXY " + std::string(200, 'x')).state, State::kBroken);
}

constexpr RateLimiter::Steady::time_point kStart{1000s};

TEST(RateLimiterTest, GivesAMinutesWorthAtOnceThenOneByOne)
{
    RateLimiter limiter{10};
    for (int i = 0; i < 60; ++i) EXPECT_TRUE(limiter.Take("a", 60, kStart)) << i;
    EXPECT_FALSE(limiter.Take("a", 60, kStart));
    EXPECT_TRUE(limiter.Take("b", 60, kStart));
    EXPECT_FALSE(limiter.Take("a", 60, kStart + 999ms));
    EXPECT_TRUE(limiter.Take("a", 60, kStart + 1s));
    EXPECT_FALSE(limiter.Take("a", 60, kStart + 1s));
    for (int i = 0; i < 60; ++i) EXPECT_TRUE(limiter.Take("a", 60, kStart + 62s));
    EXPECT_FALSE(limiter.Take("a", 60, kStart + 62s));
}

TEST(RateLimiterTest, ForgetsTheQuietestNameWhenItsTableIsFull)
{
    RateLimiter limiter{2};
    EXPECT_TRUE(limiter.Take("a", 1, kStart));
    EXPECT_TRUE(limiter.Take("b", 1, kStart));
    EXPECT_FALSE(limiter.Take("a", 1, kStart));
    EXPECT_TRUE(limiter.Take("c", 1, kStart));
    EXPECT_EQ(limiter.size(), 2U);
    EXPECT_FALSE(limiter.Take("a", 1, kStart)) << "b was quiet longer";
    EXPECT_TRUE(limiter.Take("b", 1, kStart));
}

class ThrottleTest : public testing::Test {
protected:
    ThrottleTest()
    {
        throttle_->Use({.connections_per_address = 2,
                        .events_per_address = 2,
                        .requests_per_address = 1,
                        .events_per_key = 1,
                        .unlimited = Of({"127.0.0.0/8"})});
    }
    std::shared_ptr<Throttle> throttle_ = std::make_shared<Throttle>();
};

TEST_F(ThrottleTest, CountsConnectionsAndGivesThemBack)
{
    const auto first = throttle_->Connect(Address("203.0.113.5"));
    auto second = throttle_->Connect(Address("203.0.113.5"));
    EXPECT_FALSE(first.excess || second.excess);
    EXPECT_TRUE(throttle_->Connect(Address("203.0.113.5")).excess);
    EXPECT_FALSE(throttle_->Connect(Address("203.0.113.6")).excess);
    second = {};
    EXPECT_FALSE(throttle_->Connect(Address("203.0.113.5")).excess);
}

TEST_F(ThrottleTest, ClosesAtOnceFarOverTheLimit)
{
    std::vector<Throttle::Connection> open;
    for (int i = 0; i < 18; ++i) open.push_back(throttle_->Connect(Address("203.0.113.5")));
    EXPECT_TRUE(open.back().held);
    EXPECT_FALSE(throttle_->Connect(Address("203.0.113.5")).held);
}

TEST_F(ThrottleTest, CountsAnIpv6CustomerByItsNetwork)
{
    EXPECT_EQ(throttle_->WhyNotEvent(Address("2001:db8::1"), kStart), "");
    EXPECT_EQ(throttle_->WhyNotEvent(Address("2001:db8::2"), kStart), "");
    EXPECT_EQ(throttle_->WhyNotEvent(Address("2001:db8::3"), kStart),
              "rate-limited: at most 2 events from one address a minute; slow down");
    EXPECT_EQ(throttle_->WhyNotEvent(Address("2001:db8:0:1::1"), kStart), "");
}

TEST_F(ThrottleTest, LimitsKeysAndRequestsButNotTheUnlimited)
{
    const auto outside = Address("203.0.113.5");
    EXPECT_EQ(throttle_->WhyNotKey("k", outside, kStart), "");
    EXPECT_EQ(throttle_->WhyNotKey("k", Address("203.0.113.6"), kStart),
              "rate-limited: at most 1 events of one key a minute; slow down");
    EXPECT_EQ(throttle_->WhyNotRequest(outside, kStart), "");
    EXPECT_NE(throttle_->WhyNotRequest(outside, kStart), "");
    EXPECT_EQ(throttle_->WhyNotKey("k", Address("127.0.0.1"), kStart), "");
    EXPECT_EQ(throttle_->WhyNotRequest(Address("127.0.0.1"), kStart), "");
    EXPECT_EQ(throttle_->WhyNotKey("k", {}, kStart), "") << "the relay itself, for a mirror";
    throttle_->Use({});
    EXPECT_EQ(throttle_->WhyNotRequest(outside, kStart), "") << "0 is no limit";
}

}  // namespace
}  // namespace berth::relay
