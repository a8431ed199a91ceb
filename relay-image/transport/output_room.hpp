#pragma once

#include <cstddef>

namespace berth::relay {

/// Memory for what waits to leave, for all clients together. Each may have as much waiting as is
/// free: one who is slow may take half of it, many get little each, and it never runs out. Used on
/// the I/O thread only.
class OutputRoom {
public:
    explicit OutputRoom(std::size_t bytes) : bytes_{bytes} {}

    std::size_t free() const { return bytes_ > taken_ ? bytes_ - taken_ : 0; }
    /// A client for whom `before` bytes waited has `now` waiting.
    void Change(std::size_t before, std::size_t now) { taken_ += now - before; }

private:
    const std::size_t bytes_;
    std::size_t taken_ = 0;
};

}  // namespace berth::relay
