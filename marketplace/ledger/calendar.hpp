#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::ledger {

/// What a monthly price buys.
constexpr std::chrono::seconds kServiceMonth{2'592'000};

/// The UTC calendar month of a time, `2026-11`.
std::string MonthOf(Time time);
/// The first moment of the UTC calendar month after that of `time`.
Time NextMonth(Time time);
/// Errors: kInvalid `BAD_MONTH` unless `month` is empty or like `2026-11`.
Result<void> CheckMonth(const std::string& month);

}  // namespace berth::ledger
