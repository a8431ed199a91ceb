#include "relay-image/protocol/hyperloglog.hpp"

#include <algorithm>
#include <bit>

#include <boost/json/array.hpp>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kBytesOfRank = 7;
constexpr std::size_t kOffsetDigit = 32;
constexpr int kLeastOffset = 8;

/// 64 hex digits that stand for a tag's value: itself, an address's key, or the value's hash.
std::string HexOf(std::string_view value)
{
    if (IsLowerHex(value, 64)) return std::string{value};
    const auto first = value.find(':');
    const auto second = first == std::string_view::npos ? first : value.find(':', first + 1);
    if (second != std::string_view::npos && value.find(':', second + 1) == std::string_view::npos) {
        const auto key = value.substr(first + 1, second - first - 1);
        if (IsLowerHex(key, 64)) return std::string{key};
    }
    return ToHex(Sha256(value));
}

}  // namespace

void HyperLogLog::Add(std::string_view pubkey)
{
    BERTH_ASSERT(pubkey.size() > offset_ + kBytesOfRank);
    int zeros = 0;
    for (std::size_t i = 1; i <= kBytesOfRank; ++i) {
        const auto byte = static_cast<std::uint8_t>(pubkey[offset_ + i]);
        zeros += std::countl_zero(byte);
        if (byte != 0) break;
    }
    auto& rank = registers_[static_cast<std::uint8_t>(pubkey[offset_])];
    rank = std::max(rank, static_cast<std::uint8_t>(zeros + 1));
}

std::string HyperLogLog::ToHex() const
{
    return berth::ToHex(std::string{registers_.begin(), registers_.end()});
}

std::optional<int> HllOffsetOf(const boost::json::object& filter)
{
    const auto tag = std::ranges::find_if(
        filter, [](const auto& field) { return field.key().size() == 2 && field.key()[0] == '#'; });
    if (tag == filter.end()) return std::nullopt;
    const auto* values = tag->value().if_array();
    const auto* first = values && !values->empty() ? values->front().if_string() : nullptr;
    if (!first) return std::nullopt;
    const auto digit = HexOf({first->data(), first->size()})[kOffsetDigit];
    return (digit <= '9' ? digit - '0' : digit - 'a' + 10) + kLeastOffset;
}

}  // namespace berth::relay
