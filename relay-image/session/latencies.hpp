#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace berth::relay {

/// How long the last events took. Used on one thread.
class Latencies {
public:
    using Duration = std::chrono::steady_clock::duration;

    void Add(Duration latency);
    /// What `percent` of the remembered ones did not exceed; zero if there are none.
    std::chrono::duration<double, std::milli> Quantile(int percent) const;

private:
    static constexpr std::size_t kRemembered = 1024;

    std::array<Duration, kRemembered> ring_{};
    std::size_t count_ = 0;  ///< Of all that were ever added.
};

}  // namespace berth::relay
