#include "relay-image/transport/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace berth::relay {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

/// How many of the first bytes are ASCII, in steps of eight.
std::size_t AsciiPrefix(std::string_view text)
{
    std::size_t length = 0;
    while (text.size() - length >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + length, sizeof word);
        if ((word & kHighBits) != 0) break;
        length += sizeof word;
    }
    return length;
}

/// What may follow a lead byte (RFC 3629, section 4): how many bytes, and the range of the first.
struct Tail {
    std::size_t length = 0;
    unsigned char least = 0x80;
    unsigned char most = 0xBF;
};

Tail TailOf(unsigned char lead)
{
    if (lead >= 0xC2 && lead <= 0xDF) return {.length = 1};
    if (lead == 0xE0) return {.length = 2, .least = 0xA0};
    if (lead == 0xED) return {.length = 2, .most = 0x9F};
    if (lead >= 0xE1 && lead <= 0xEF) return {.length = 2};
    if (lead == 0xF0) return {.length = 3, .least = 0x90};
    if (lead == 0xF4) return {.length = 3, .most = 0x8F};
    if (lead >= 0xF1 && lead <= 0xF3) return {.length = 3};
    return {};
}

/// Length of the character that `text` begins with; 0 if it is malformed.
std::size_t CharacterLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const auto tail = TailOf(byte(0));
    if (tail.length == 0 || text.size() <= tail.length) return 0;
    if (byte(1) < tail.least || byte(1) > tail.most) return 0;
    for (std::size_t i = 2; i <= tail.length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    return tail.length + 1;
}

}  // namespace

bool IsUtf8(std::string_view text)
{
    while (true) {
        text.remove_prefix(AsciiPrefix(text));
        if (text.empty()) return true;
        const auto length = CharacterLength(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
}

}  // namespace berth::relay
