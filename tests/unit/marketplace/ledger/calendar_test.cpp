#include "marketplace/ledger/calendar.hpp"

#include <gtest/gtest.h>

namespace berth::ledger {
namespace {

constexpr auto kLastMomentOf2026 = FromUnixSeconds(1'798'761'599);

TEST(CalendarTest, AMonthEndsAtMidnightUtc)
{
    EXPECT_EQ(MonthOf(kLastMomentOf2026), "2026-12");
    EXPECT_EQ(NextMonth(kLastMomentOf2026), kLastMomentOf2026 + std::chrono::seconds{1});
    EXPECT_EQ(MonthOf(NextMonth(kLastMomentOf2026)), "2027-01");
}

TEST(CalendarTest, RefusesWhatIsNoMonth)
{
    for (const auto* text : {"2026-13", "2026-00", "2026-1", "26-01", "2026/01", "2026-0a", "x"}) {
        const auto checked = CheckMonth(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().reason, "BAD_MONTH");
    }
    EXPECT_TRUE(CheckMonth(""));
    EXPECT_TRUE(CheckMonth("2026-12"));
}

}  // namespace
}  // namespace berth::ledger
