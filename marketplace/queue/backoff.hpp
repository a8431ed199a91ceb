#pragma once

#include <chrono>
#include <string_view>

#include "marketplace/queue/settings.hpp"

namespace berth::queue {

/// How long a step waits after its `attempt`-th failure (from 1): doubled each time up to the
/// maximum, then taken between half and whole by a hash of (subject, step, attempt), so that orders
/// that failed together do not come back together. Pure.
std::chrono::milliseconds Backoff(const Settings& settings, std::string_view subject,
                                  std::string_view step, int attempt);

}  // namespace berth::queue
