#pragma once

#include <algorithm>
#include <string_view>

namespace berth::relay::fuzz {

/// Takes what stands before the next `separator`, and that, off the front of `text`.
inline std::string_view TakeLine(std::string_view& text, char separator = '\n')
{
    const auto line = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace berth::relay::fuzz
