#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::relay {

/// The password of an `Authorization` header for HTTP Basic (RFC 7617), whatever the user's name;
/// nothing where the header is no such one, or longer than anybody's password.
std::optional<std::string> BasicPassword(std::string_view authorization);

}  // namespace berth::relay
