#pragma once

namespace berth {

/// Writes `condition`, file and line to stderr and aborts.
[[noreturn]] void AssertionFailed(const char* condition, const char* file, int line) noexcept;

}  // namespace berth

/// Stops the process when the program itself is wrong. On in release. Never on input. Names the
/// file without its folder: a program must not depend on where it was built.
#define BERTH_ASSERT(condition) \
    ((condition) ? void(0) : ::berth::AssertionFailed(#condition, __FILE_NAME__, __LINE__))
