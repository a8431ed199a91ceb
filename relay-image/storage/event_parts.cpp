#include "relay-image/storage/event_parts.hpp"

#include <array>
#include <string>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kKeyDigits = 64, kSignatureDigits = 128;
constexpr std::string_view kBodyStart = "\"tags\":";
constexpr std::size_t kTail = std::string_view{",\"sig\":\"\"}"}.size() + kSignatureDigits;

template <std::size_t digits>
std::array<char, digits> Hex(std::string_view bytes)
{
    BERTH_ASSERT(2 * bytes.size() == digits);
    std::array<char, digits> hex;
    WriteHex(bytes, hex.data());
    return hex;
}

template <std::size_t digits>
std::string_view ViewOf(const std::array<char, digits>& hex)
{
    return {hex.data(), digits};
}

}  // namespace

EventText JsonOf(const EventParts& parts)
{
    const auto id = Hex<kKeyDigits>(parts.id);
    const auto pubkey = Hex<kKeyDigits>(parts.pubkey);
    const auto signature = Hex<kSignatureDigits>(parts.signature);
    const auto created_at = std::to_string(parts.created_at);
    const auto kind = std::to_string(parts.kind);
    return EventText::Joined({"{\"id\":\"", ViewOf(id), "\",\"pubkey\":\"", ViewOf(pubkey),
                              "\",\"created_at\":", created_at, ",\"kind\":", kind, ",", parts.body,
                              ",\"sig\":\"", ViewOf(signature), "\"}"});
}

std::string_view BodyOf(std::string_view json)
{
    const auto start = json.find(kBodyStart);
    BERTH_ASSERT(start != std::string_view::npos && json.size() > start + kTail);
    return json.substr(start, json.size() - kTail - start);
}

}  // namespace berth::relay
