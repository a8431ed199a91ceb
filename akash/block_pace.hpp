#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

#include "akash/chain.hpp"

namespace berth::akash {

/// The time that a block takes, measured from what the chain said of itself in the last ten
/// minutes. Thread-safe.
class BlockPace {
public:
    void Note(const ChainStatus& status);
    /// Nothing before five blocks have been seen to pass.
    std::optional<std::chrono::milliseconds> Measured() const;

private:
    struct Sample {
        std::int64_t height = 0;
        Time at;
    };
    mutable std::mutex mutex_;
    std::deque<Sample> samples_;
};

}  // namespace berth::akash
