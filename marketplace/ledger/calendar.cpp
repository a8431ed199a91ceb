#include "marketplace/ledger/calendar.hpp"

#include <algorithm>
#include <cstdio>

namespace berth::ledger {
namespace {

std::chrono::year_month CalendarMonth(Time time)
{
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
    return day.year() / day.month();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string MonthOf(Time time)
{
    const auto month = CalendarMonth(time);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(month.year()),
                  static_cast<unsigned>(month.month()));
    return text;
}

Time NextMonth(Time time)
{
    const auto next = CalendarMonth(time) + std::chrono::months{1};
    return std::chrono::sys_days{next / std::chrono::day{1}};
}

Result<void> CheckMonth(const std::string& month)
{
    if (month.empty()) return {};
    const bool shaped = month.size() == 7 && month[4] == '-' &&
                        std::all_of(month.begin(), month.begin() + 4, IsDigit) &&
                        IsDigit(month[5]) && IsDigit(month[6]);
    const auto number = shaped ? (month[5] - '0') * 10 + (month[6] - '0') : 0;
    if (number >= 1 && number <= 12) return {};
    return Fail(ErrorCode::kInvalid, "BAD_MONTH", "A month is written like 2026-11.");
}

}  // namespace berth::ledger
