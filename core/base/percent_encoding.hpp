#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth {

/// Text with each `%XX` as the byte it stands for (RFC 3986, section 2.1); nothing if a % is not
/// followed by two hexadecimal digits.
std::optional<std::string> PercentDecoded(std::string_view text);

}  // namespace berth
