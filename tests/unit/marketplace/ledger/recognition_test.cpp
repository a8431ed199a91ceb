#include "marketplace/ledger/recognition.hpp"

#include <numeric>

#include <gmock/gmock.h>

#include "marketplace/ledger/calendar.hpp"

namespace berth::ledger {
namespace {

using namespace std::chrono_literals;

constexpr auto kStart = FromUnixSeconds(1'795'910'400);  // 2026-11-29 00:00 UTC.
constexpr HostingTerms kTerms{.monthly_usd_micros = 7'000'001, .deferred_usd_micros = 7'000'001};

std::int64_t Sum(const std::vector<HostingPeriod>& periods)
{
    return std::accumulate(periods.begin(), periods.end(), std::int64_t{0},
                           [](auto sum, const auto& period) { return sum + period.usd_micros; });
}

TEST(HostingPeriodsTest, SplitAtUtcMonthBorders)
{
    const auto border = NextMonth(kStart);
    const auto periods =
        HostingPeriods({.started = kStart, .through = kStart}, kTerms, border + 36h);
    ASSERT_EQ(periods.size(), 2U);
    EXPECT_EQ(periods[0].to, border);
    EXPECT_EQ(periods[1].from, border);
    EXPECT_EQ(periods[0].usd_micros, 466'666);  // floor(7,000,001 × 2 / 30)
    EXPECT_EQ(Sum(periods), 816'666);           // floor(7,000,001 × 3.5 / 30)
}

TEST(HostingPeriodsTest, ManySmallStepsAddUpToOneLargeOne)
{
    HostingProgress progress{.started = kStart, .through = kStart};
    std::int64_t stepped = 0;
    for (auto at = kStart; at < kStart + 10 * 24h; at += 7777s) {
        const auto posted = Sum(HostingPeriods(progress, kTerms, at));
        stepped += posted;
        progress.posted_usd_micros += posted;
        progress.through = at;
    }
    const auto at_once =
        Sum(HostingPeriods({.started = kStart, .through = kStart}, kTerms, progress.through));
    EXPECT_EQ(stepped, at_once);
}

TEST(HostingPeriodsTest, AWholeServiceMonthEarnsExactlyItsPrice)
{
    const auto periods =
        HostingPeriods({.started = kStart, .through = kStart}, kTerms, kStart + kServiceMonth);
    EXPECT_EQ(Sum(periods), kTerms.monthly_usd_micros);
}

TEST(HostingPeriodsTest, NeverEarnMoreThanWasDeferred)
{
    const auto periods =
        HostingPeriods({.started = kStart, .through = kStart}, kTerms, kStart + 3 * kServiceMonth);
    EXPECT_EQ(Sum(periods), kTerms.deferred_usd_micros);
    EXPECT_EQ(periods.back().usd_micros, 0);
}

TEST(HostingPeriodsTest, NothingLiesBehindWhatWasRecognised)
{
    const HostingProgress progress{.started = kStart, .through = kStart + 1h};
    EXPECT_TRUE(HostingPeriods(progress, kTerms, kStart).empty());
}

TEST(ShareOfTest, FloorsTheFee)
{
    EXPECT_EQ(ShareOf(9'999, 1'500), 1'499);
    EXPECT_EQ(ShareOf(9'999, 0), 0);
    EXPECT_EQ(ShareOf(9'999, 10'000), 9'999);
}

}  // namespace
}  // namespace berth::ledger
