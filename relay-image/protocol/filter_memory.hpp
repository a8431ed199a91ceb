#pragma once

#include <cstddef>
#include <vector>

#include "relay-image/protocol/filter.hpp"

namespace berth::relay {

/// Roughly the bytes of memory that a subscription by these filters takes: themselves, and their
/// values once more where live events look for who waits for them.
std::size_t MemoryOf(const std::vector<Filter>& filters);

}  // namespace berth::relay
