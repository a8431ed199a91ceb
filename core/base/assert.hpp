#pragma once

namespace berth {

/// Writes `condition`, file and line to stderr and aborts.
[[noreturn]] void AssertionFailed(const char* condition, const char* file, int line) noexcept;

}  // namespace berth

/// Stops the process when the program itself is wrong. On in release. Never on input.
#define BERTH_ASSERT(condition) \
    ((condition) ? void(0) : ::berth::AssertionFailed(#condition, __FILE__, __LINE__))
