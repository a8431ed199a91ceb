#include <gtest/gtest.h>

#include "relay-image/http/health.hpp"
#include "relay-image/session/figures.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr Figures::Steady::time_point kStart{1000s};

TEST(HealthTest, SaysWhatIsNotConfiguredAndWhatIsDown)
{
    const auto up = HealthDocument({.database_up = true}, FromUnixSeconds(0));
    EXPECT_EQ(
        up,
        R"({"status":"ok","timestamp":"1970-01-01T00:00:00.000Z","services":{"relay":"ok",)"
        R"("postgresql":"ok","redis":"disabled","payment_verifier":"disabled"},"warnings":[]})");
    const auto down = HealthDocument({.database_up = false}, FromUnixSeconds(0));
    EXPECT_NE(down.find(R"("status":"unavailable")"), std::string::npos);
    EXPECT_NE(down.find(R"("postgresql":"down")"), std::string::npos);
}

TEST(HealthTest, NamesTheStorageOfARelayWithoutADatabaseBesideIt)
{
    const auto text = HealthDocument({.storage = "lmdb", .database_up = true}, FromUnixSeconds(0));
    EXPECT_NE(text.find(R"("lmdb":"ok")"), std::string::npos);
    EXPECT_NE(text.find(R"("postgresql":"disabled")"), std::string::npos);
}

TEST(FiguresTest, AveragesTheLastTenFullSeconds)
{
    Figures figures;
    EXPECT_EQ(figures.EventsPerSecond(kStart), 0.0);
    for (int i = 0; i < 30; ++i) figures.CountEvent(kStart);
    EXPECT_EQ(figures.EventsPerSecond(kStart), 0.0) << "this second is not over";
    EXPECT_EQ(figures.EventsPerSecond(kStart + 1s), 3.0);
    EXPECT_EQ(figures.EventsPerSecond(kStart + 10s), 3.0);
    EXPECT_EQ(figures.EventsPerSecond(kStart + 11s), 0.0);
    EXPECT_EQ(figures.events_accepted(), 30U);
}

TEST(LatenciesTest, TellsQuantilesOfTheLastThousand)
{
    Latencies latencies;
    EXPECT_EQ(latencies.Quantile(50).count(), 0.0);
    for (int i = 1; i <= 101; ++i) latencies.Add(std::chrono::milliseconds{i});
    EXPECT_EQ(latencies.Quantile(50).count(), 51.0);
    EXPECT_EQ(latencies.Quantile(99).count(), 100.0);
    for (int i = 0; i < 1024; ++i) latencies.Add(7ms);
    EXPECT_EQ(latencies.Quantile(100).count(), 7.0);
}

TEST(TagKeyTest, KeepsShortValuesAndHashesLongOnes)
{
    EXPECT_EQ(TagKey('t', "sea"), "tsea");
    EXPECT_EQ(TagKey('t', std::string(31, 'x')).size(), 32U);
    EXPECT_EQ(TagKey('e', std::string(32, 'x')).size(), 33U);
    EXPECT_NE(TagKey('e', std::string(64, 'a')), TagKey('e', std::string(64, 'b')));
}

TEST(TagKeyTest, TakesSingleLettersOnceEach)
{
    const nostr::Event event{.id = {},
                             .pubkey = {},
                             .created_at = 0,
                             .kind = 1,
                             .tags = {{"t", "b"}, {"t", "a"}, {"t", "b"}, {"d"}, {"long", "x"}},
                             .content = {},
                             .sig = {}};
    EXPECT_EQ(TagKeysOf(event), (std::vector<std::string>{"ta", "tb"}));
}

}  // namespace
}  // namespace berth::relay
