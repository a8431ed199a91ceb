#include "core/nostr/bech32.hpp"

#include <array>

namespace berth::nostr {
namespace {

constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 6;

std::uint32_t Polymod(const std::vector<std::uint8_t>& values)
{
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                      0x3d4233dd, 0x2a1462b3};
    std::uint32_t checksum = 1;
    for (const auto value : values) {
        const auto top = checksum >> 25;
        checksum = (checksum & 0x1ffffff) << 5 ^ value;
        for (std::size_t i = 0; i < kGenerator.size(); ++i) {
            if (top >> i & 1) checksum ^= kGenerator[i];
        }
    }
    return checksum;
}

std::vector<std::uint8_t> ExpandPrefix(std::string_view prefix)
{
    std::vector<std::uint8_t> values;
    for (const char c : prefix) values.push_back(static_cast<std::uint8_t>(c >> 5));
    values.push_back(0);
    for (const char c : prefix) values.push_back(static_cast<std::uint8_t>(c & 31));
    return values;
}

}  // namespace

std::string EncodeBech32(std::string_view prefix, const std::vector<std::uint8_t>& values)
{
    auto summed = ExpandPrefix(prefix);
    summed.insert(summed.end(), values.begin(), values.end());
    summed.insert(summed.end(), kChecksumSize, 0);
    const auto checksum = Polymod(summed) ^ 1;
    std::string text = std::string{prefix} + "1";
    for (const auto value : values) text += kLetters[value];
    for (int i = 5; i >= 0; --i) text += kLetters[checksum >> (5 * i) & 31];
    return text;
}

std::optional<std::vector<std::uint8_t>> DecodeBech32(std::string_view prefix,
                                                      std::string_view text)
{
    const auto body = prefix.size() + 1;
    if (text.size() < body + kChecksumSize || !text.starts_with(prefix) ||
        text[prefix.size()] != '1') {
        return std::nullopt;
    }
    std::vector<std::uint8_t> values;
    for (const char c : text.substr(body)) {
        const auto value = kLetters.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        values.push_back(static_cast<std::uint8_t>(value));
    }
    auto summed = ExpandPrefix(prefix);
    summed.insert(summed.end(), values.begin(), values.end());
    if (Polymod(summed) != 1) return std::nullopt;
    values.resize(values.size() - kChecksumSize);
    return values;
}

std::vector<std::uint8_t> ToFiveBits(std::string_view bytes)
{
    std::vector<std::uint8_t> values;
    unsigned buffer = 0;
    int bits = 0;
    for (const char c : bytes) {
        buffer = buffer << 8 | static_cast<std::uint8_t>(c);
        for (bits += 8; bits >= 5; bits -= 5) values.push_back(buffer >> (bits - 5) & 31);
    }
    if (bits > 0) values.push_back(buffer << (5 - bits) & 31);
    return values;
}

std::string FromFiveBits(const std::vector<std::uint8_t>& values)
{
    std::string bytes;
    unsigned buffer = 0;
    int bits = 0;
    for (const auto value : values) {
        buffer = buffer << 5 | value;
        bits += 5;
        if (bits >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 255);
    }
    return bytes;
}

}  // namespace berth::nostr
