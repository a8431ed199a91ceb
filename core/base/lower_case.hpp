#pragma once

#include <algorithm>
#include <string>

namespace berth {

/// Text with each ASCII letter in lower case; other bytes stay.
inline std::string LowerCase(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace berth
