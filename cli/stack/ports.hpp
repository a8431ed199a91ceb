#pragma once

#include <cstdint>
#include <vector>

#include "core/base/error.hpp"

namespace berth::stack {

/// `count` different ports of 127.0.0.1 that nobody listens on, for TCP and UDP. They lie below the
/// range that the kernel takes for outgoing connections, so that they stay free until a server
/// binds them. Errors: kExhausted `NO_FREE_PORT`.
Result<std::vector<std::uint16_t>> FreePorts(std::size_t count);

/// True if somebody accepts TCP connections on the port of 127.0.0.1. Does not block.
bool Listens(std::uint16_t port);

}  // namespace berth::stack
