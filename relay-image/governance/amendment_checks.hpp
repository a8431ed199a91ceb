#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::relay {

constexpr std::size_t kMaxListed = 100'000;  ///< Of one list of the rules.
constexpr std::size_t kMaxRoles = 200;
constexpr std::size_t kMaxInvites = 10'000;

/// Errors: kInvalid `BAD_TEXT`.
Result<void> CheckText(std::string_view text, std::size_t most);
/// Errors: kExhausted `LIST_FULL`.
Result<void> CheckRoom(std::size_t taken, std::size_t most);

}  // namespace berth::relay
