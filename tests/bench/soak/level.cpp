#include "tests/bench/soak/level.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace berth::bench {
namespace {

std::int64_t Median(std::vector<std::int64_t> readings)
{
    const auto middle = readings.begin() + static_cast<std::ptrdiff_t>(readings.size() / 2);
    std::ranges::nth_element(readings, middle);
    return *middle;
}

}  // namespace

double Level::growth() const { return static_cast<double>(late) / static_cast<double>(early); }

Level LevelOf(const std::vector<std::int64_t>& readings)
{
    BERTH_ASSERT(readings.size() >= 8);
    const auto quarter = static_cast<std::ptrdiff_t>(readings.size() / 4);
    return {.early = Median({readings.end() - 2 * quarter, readings.end() - quarter}),
            .late = Median({readings.end() - quarter, readings.end()})};
}

}  // namespace berth::bench
