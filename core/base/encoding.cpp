#include "core/base/encoding.hpp"

#include <algorithm>
#include <array>

#include <boost/beast/core/detail/base64.hpp>

namespace berth {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// The value of each hex digit of either case; -1 for all else.
constexpr auto kHexValues = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (signed char i = 0; i < 16; ++i) {
        const auto digit = static_cast<unsigned char>(kHexDigits[static_cast<std::size_t>(i)]);
        values[digit] = i;
        if (digit >= 'a') values[digit - 'a' + 'A'] = i;
    }
    return values;
}();

/// The two digits of each byte.
constexpr auto kHexPairs = [] {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i)
        pairs[i] = {kHexDigits[i >> 4], kHexDigits[i & 15]};
    return pairs;
}();

int HexValue(char digit) { return kHexValues[static_cast<unsigned char>(digit)]; }

}  // namespace

std::string ToHex(std::string_view bytes)
{
    std::string hex(bytes.size() * 2, '\0');
    WriteHex(bytes, hex.data());
    return hex;
}

void WriteHex(std::string_view bytes, char* into)
{
    for (const char byte : bytes) {
        into = std::ranges::copy(kHexPairs[static_cast<unsigned char>(byte)], into).out;
    }
}

std::optional<std::string> FromHex(std::string_view hex)
{
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes(hex.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = HexValue(hex[2 * i]);
        const int low = HexValue(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes[i] = static_cast<char>(high * 16 + low);
    }
    return bytes;
}

bool IsLowerHex(std::string_view text, std::size_t length)
{
    return text.size() == length && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string ToBase64(std::string_view bytes)
{
    namespace base64 = boost::beast::detail::base64;
    std::string text(base64::encoded_size(bytes.size()), '\0');
    text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

std::optional<std::string> FromBase64(std::string_view text)
{
    namespace base64 = boost::beast::detail::base64;
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(base64::decoded_size(text.size()), '\0');
    const auto [written, read] = base64::decode(bytes.data(), text.data(), text.size());
    bytes.resize(written);
    if (ToBase64(bytes) != text) return std::nullopt;  // The decoder stops silently at bad input.
    return bytes;
}

std::string ToBase32(std::string_view bytes)
{
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::string text;
    unsigned buffer = 0;
    int bits = 0;
    for (const char c : bytes) {
        buffer = buffer << 8 | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[buffer >> (bits - 5) & 31];
    }
    if (bits > 0) text += kAlphabet[buffer << (5 - bits) & 31];
    return text;
}

bool IsPlainDecimal(std::string_view text)
{
    if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace berth
