#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/http/health.hpp"
#include "relay-image/session/figures.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using Decision = DashboardGuard::Decision;

constexpr DashboardGuard::Steady::time_point kStart{1000s};
const std::string kRight = "Basic " + ToBase64("anyone:secret");
const std::string kWrong = "Basic " + ToBase64("anyone:guess");

TEST(DashboardGuardTest, LetsInWhoKnowsThePassword)
{
    DashboardGuard guard{Secret{"secret"}};
    EXPECT_EQ(guard.Decide(kRight, "a", kStart), Decision::kAllowed);
    for (const auto& header : {kWrong, std::string{}, std::string{"Basic"}, std::string{"Basic !"},
                               "Basic " + ToBase64("secret"), "Bearer " + ToBase64("a:secret")}) {
        EXPECT_EQ(guard.Decide(header, "a", kStart), Decision::kRefused) << header;
    }
}

TEST(DashboardGuardTest, LetsNobodyInWithoutAPassword)
{
    DashboardGuard guard{Secret{}};
    EXPECT_EQ(guard.Decide("Basic " + ToBase64("a:"), "a", kStart), Decision::kRefused);
}

TEST(DashboardGuardTest, ThrottlesTheAddressThatGuessesForAMinute)
{
    DashboardGuard guard{Secret{"secret"}};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(guard.Decide(kWrong, "a", kStart), Decision::kRefused);
    EXPECT_EQ(guard.Decide(kRight, "a", kStart + 59s), Decision::kThrottled);
    EXPECT_EQ(guard.Decide(kRight, "b", kStart + 59s), Decision::kAllowed);
    EXPECT_EQ(guard.Decide(kRight, "a", kStart + 61s), Decision::kAllowed);
}

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
