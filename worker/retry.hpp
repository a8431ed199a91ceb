#pragma once

#include <chrono>

#include "core/base/error.hpp"

namespace berth::worker {

/// What becomes of a step that ended in an error.
enum class Disposition {
    kRetry,  ///< Nothing was done; the step runs again later.
    kLook,   ///< It is not known what was done; the step runs again soon and looks first.
    kFail,   ///< It fails again however often it is tried.
};

/// One closed table from what a caller can do about an error.
Disposition DispositionOf(ErrorCode code);

/// How long to wait before attempt `attempt` + 1, from 1: 2 s doubling up to 60 s.
std::chrono::milliseconds BackoffOf(int attempt);

}  // namespace berth::worker
