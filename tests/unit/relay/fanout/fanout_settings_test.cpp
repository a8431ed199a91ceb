#include "relay-image/fanout/fanout_settings.hpp"

#include <gtest/gtest.h>

#include "core/config/load.hpp"

namespace berth::relay {
namespace {

constexpr bool kReplicas = true, kNone = false;

Result<FanoutSettings> Read(std::map<std::string, std::string> environment, bool replicas)
{
    const auto loaded = config::Load(
        DeclaredFanoutSettings(), {.flags_and_words = {}, .environment = std::move(environment)});
    return ReadFanoutSettings(loaded.value().config, replicas);
}

std::string FaultOf(const std::string& url)
{
    const auto address = ParseRedisUrl(url);
    if (address) return "";
    EXPECT_EQ(address.error().reason, "CONFIG_BAD_VALUE") << url;
    return address.error().message;
}

TEST(FanoutSettingsTest, UseNoRedisUnlessToldTo)
{
    EXPECT_FALSE(Read({}, kReplicas).value().redis);
    EXPECT_FALSE(Read({}, kNone).value().redis);
    const auto settings = Read({{"BERTH_RELAY_REDIS_URL", "redis://cache:7000"},
                                {"BERTH_RELAY_REDIS_CHANNEL", "one.of.many"}},
                               kReplicas);
    EXPECT_EQ(settings.value().redis->Shown(), "cache:7000");
    EXPECT_EQ(settings.value().channel, "one.of.many");
    EXPECT_EQ(Read({{"BERTH_RELAY_REDIS_URL", "redis://x"}}, kReplicas).value().channel,
              "berth_relay");
}

TEST(FanoutSettingsTest, RefuseRedisWhereThereAreNoReplicas)
{
    const auto settings = Read({{"BERTH_RELAY_REDIS_URL", "redis://cache"}}, kNone);
    EXPECT_EQ(settings.error().reason, "CONFIG_BAD_VALUE");
    EXPECT_NE(settings.error().message.find("lmdb"), std::string::npos);
}

TEST(FanoutSettingsTest, RefuseAChannelThatCannotBeSeen)
{
    for (const auto* channel : {"", "a b", "a\n", "\xc3\xa4"}) {
        EXPECT_FALSE(Read(
            {{"BERTH_RELAY_REDIS_URL", "redis://cache"}, {"BERTH_RELAY_REDIS_CHANNEL", channel}},
            kReplicas))
            << channel;
    }
}

TEST(RedisAddressTest, HasAllPartsOfTheUrl)
{
    const auto address = ParseRedisUrl("redis://relay:p%40ss%2Fw%3ard@cache.example:7001/3");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->host, "cache.example");
    EXPECT_EQ(address->port, 7001);
    EXPECT_EQ(address->user, "relay");
    EXPECT_EQ(address->password.Expose(), "p@ss/w:rd");
    EXPECT_EQ(address->database, 3);
    EXPECT_EQ(address->Shown(), "cache.example:7001");
}

TEST(RedisAddressTest, NeedsAHostOnly)
{
    const auto plain = ParseRedisUrl("redis://cache");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->port, 6379);
    EXPECT_TRUE(plain->user.empty());
    EXPECT_TRUE(plain->password.empty());
    EXPECT_EQ(plain->database, 0);
    EXPECT_EQ(ParseRedisUrl("redis://:word@cache/").value().password.Expose(), "word");
    const auto ipv6 = ParseRedisUrl("redis://:a@b/c@[::1]:6380");
    ASSERT_TRUE(ipv6);
    EXPECT_EQ(ipv6->host, "::1");
    EXPECT_EQ(ipv6->Shown(), "[::1]:6380");
    EXPECT_EQ(ipv6->password.Expose(), "a@b/c");
}

TEST(RedisAddressTest, IsRefusedWithWhatIsWrongAndWithoutThePassword)
{
    for (const auto* url : {"",
                            "cache",
                            "http://cache",
                            "redis://",
                            "redis://:6379",
                            "redis://cache:0",
                            "redis://cache:65536",
                            "redis://cache:1x",
                            "redis://cache:",
                            "redis://cache/x",
                            "redis://cache/-1",
                            "redis://cache/10000",
                            "redis://user@cache",
                            "redis://user:@cache",
                            "redis://:%4@cache",
                            "redis://:%zz@cache",
                            "redis://[::1",
                            "redis://[::1]6379",
                            "redis://a b",
                            "redis://cache?x=1"}) {
        EXPECT_NE(FaultOf(url), "") << url;
    }
    EXPECT_EQ(FaultOf("redis://:sesame@cache:x").find("sesame"), std::string::npos);
    EXPECT_NE(FaultOf("rediss://:sesame@cache").find("TLS"), std::string::npos);
}

}  // namespace
}  // namespace berth::relay
