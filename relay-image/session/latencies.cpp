#include "relay-image/session/latencies.hpp"

#include <algorithm>
#include <vector>

namespace berth::relay {

void Latencies::Add(Duration latency) { ring_[count_++ % kRemembered] = latency; }

std::chrono::duration<double, std::milli> Latencies::Quantile(int percent) const
{
    const auto size = std::min(count_, kRemembered);
    if (size == 0) return {};
    std::vector<Duration> sorted{ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(size)};
    const auto rank = (size - 1) * static_cast<std::size_t>(percent) / 100;
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(rank);
    std::ranges::nth_element(sorted, at);
    return *at;
}

}  // namespace berth::relay
