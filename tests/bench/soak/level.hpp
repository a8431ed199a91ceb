#pragma once

#include <cstdint>
#include <vector>

namespace berth::bench {

/// Whether a figure that was read every hour stays where it is. The first half, in which caches
/// fill, does not count.
struct Level {
    std::int64_t early = 0;  ///< The median of the third quarter.
    std::int64_t late = 0;   ///< The median of the last quarter.

    double growth() const;
};

/// Of eight readings or more.
Level LevelOf(const std::vector<std::int64_t>& readings);

}  // namespace berth::bench
