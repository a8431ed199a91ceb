#pragma once

#include "core/base/error.hpp"

namespace berth::stack {

/// Sees to it that 127.0.0.1 can be used: in a network namespace of its own the interface `lo` is
/// down at first, and is brought up where we may do that.
/// Errors: kUnavailable `LOOPBACK_DOWN`.
Result<void> EnsureLoopback();

}  // namespace berth::stack
