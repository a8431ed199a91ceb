#include "core/rails/xrp_base58.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace berth::rails {
namespace {

constexpr std::string_view kBase58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
constexpr std::size_t kChecksumBytes = 4;

std::string Checksum(std::string_view payload)
{
    const auto digest = Sha256(payload);
    const auto twice = Sha256({reinterpret_cast<const char*>(digest.data()), digest.size()});
    return {reinterpret_cast<const char*>(twice.data()), kChecksumBytes};
}

/// The `width` bytes of a base58 number; nothing if it is larger or has another character.
std::optional<std::string> FromBase58(std::string_view text, std::size_t width)
{
    std::string bytes(width, '\0');
    for (const char c : text) {
        const auto digit = kBase58.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        auto carry = static_cast<unsigned>(digit);
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
            carry += 58U * static_cast<unsigned char>(*byte);
            *byte = static_cast<char>(carry & 255);
            carry >>= 8;
        }
        if (carry != 0) return std::nullopt;
    }
    return bytes;
}

std::string ToBase58(std::string bytes)
{
    std::string text;
    const auto zeros = bytes.find_first_not_of('\0');
    while (bytes.find_first_not_of('\0') != std::string::npos) {
        unsigned rest = 0;
        for (auto& byte : bytes) {
            rest = rest << 8 | static_cast<unsigned char>(byte);
            byte = static_cast<char>(rest / 58);
            rest %= 58;
        }
        text += kBase58[rest];
    }
    text.append(std::min(zeros, bytes.size()), kBase58[0]);
    std::reverse(text.begin(), text.end());
    return text;
}

}  // namespace

std::string ToXrpBase58(std::string_view payload)
{
    return ToBase58(std::string{payload} + Checksum(payload));
}

std::optional<std::string> FromXrpBase58(std::string_view text, std::size_t size)
{
    const auto width = size + kChecksumBytes;
    if (text.size() > 2 * width) return std::nullopt;
    const auto bytes = FromBase58(text, width);
    if (!bytes) return std::nullopt;
    auto payload = bytes->substr(0, size);
    if (ToXrpBase58(payload) != text) return std::nullopt;
    return payload;
}

}  // namespace berth::rails
