#pragma once

#include <string_view>

namespace berth {

/// A named place where a test may kill the process. `BERTH_FAILPOINT=name` in the environment makes
/// the first passage through that name end the process with SIGKILL; `BERTH_FAILPOINT_LOG=path`
/// appends each name passed to a file. Neither set, it costs one branch. Thread-safe.
void Failpoint(std::string_view name);

}  // namespace berth
