#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace berth::relay {

/// What this process takes of its machine.
struct ProcessFigures {
    std::chrono::microseconds cpu{0};  ///< Of all threads, since the start.
    std::int64_t memory_bytes = 0;     ///< Resident.
    std::int64_t disk_free_bytes = 0;
};

/// Reads them from the system; `folder` says which disk. What cannot be read is 0.
ProcessFigures MeasureProcess(const std::string& folder);

}  // namespace berth::relay
