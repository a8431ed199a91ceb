#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace berth::relay {

/// Memory that the filters of one connection take: of what it subscribes to, counts and compares.
/// Thread-safe.
class FilterRoom {
public:
    /// Some of it, given back when the last copy ends, which may outlive the room.
    using Part = std::shared_ptr<const void>;

    /// Takes `bytes` if no more than `most` are taken then; null if that is too much.
    Part Take(std::size_t bytes, std::size_t most);
    /// In bytes.
    std::size_t taken() const { return *taken_; }

private:
    std::shared_ptr<std::atomic<std::size_t>> taken_ =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace berth::relay
