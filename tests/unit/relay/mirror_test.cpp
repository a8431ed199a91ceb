#include <gtest/gtest.h>

#include "core/config/load.hpp"
#include "relay-image/mirror/backoff.hpp"
#include "relay-image/mirror/mirror_settings.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

Result<MirrorSettings> Read(std::vector<std::string> flags)
{
    const auto loaded = config::Load(DeclaredMirrorSettings(),
                                     {.flags_and_words = std::move(flags), .environment = {}});
    if (!loaded) return loaded.error();
    return ReadMirrorSettings(loaded->config);
}

TEST(BackoffTest, DoublesUpToItsLimitAndStartsAgain)
{
    Backoff backoff{1s, 5s};
    EXPECT_EQ(backoff.Next(), 1s);
    EXPECT_EQ(backoff.Next(), 2s);
    EXPECT_EQ(backoff.Next(), 4s);
    EXPECT_EQ(backoff.Next(), 5s);
    EXPECT_EQ(backoff.Next(), 5s);
    backoff.Reset();
    EXPECT_EQ(backoff.Next(), 1s);
}

TEST(MirrorSettingsTest, MirrorNothingUnlessTold)
{
    const auto settings = Read({});
    EXPECT_TRUE(settings->from.empty());
    EXPECT_TRUE(settings->to.empty());
    EXPECT_EQ(settings->filter, "{}");
}

TEST(MirrorSettingsTest, ReadAddressesAndAFilter)
{
    const auto settings =
        Read({"--relay.mirror_from=wss://a.example,ws://127.0.0.1:7777/inbox",
              "--relay.mirror_to=wss://b.example", R"(--relay.mirror_filter={"kinds":[1]})"});
    EXPECT_EQ(settings->from,
              (std::vector<std::string>{"wss://a.example", "ws://127.0.0.1:7777/inbox"}));
    EXPECT_EQ(settings->to, std::vector<std::string>{"wss://b.example"});
    EXPECT_EQ(settings->filter, R"({"kinds":[1]})");
}

TEST(MirrorSettingsTest, RefuseWhatIsNoRelayAndNoFilter)
{
    std::string many = "wss://a.example";
    for (int i = 0; i < 15; ++i) many += ",wss://a.example";
    EXPECT_TRUE(Read({"--relay.mirror_from=" + many}).has_value()) << "sixteen";
    for (const auto& flag :
         {std::string{"--relay.mirror_from=https://a.example"},
          std::string{"--relay.mirror_to=a.example"}, std::string{"--relay.mirror_to=wss://"},
          std::string{"--relay.mirror_filter={\"kinds\":1}"},
          std::string{"--relay.mirror_filter=all"},
          "--relay.mirror_from=" + many + ",wss://a.example"}) {
        const auto settings = Read({flag});
        ASSERT_TRUE(settings.has_error()) << flag;
        EXPECT_EQ(settings.error().reason, "CONFIG_BAD_VALUE") << flag;
    }
}

}  // namespace
}  // namespace berth::relay
