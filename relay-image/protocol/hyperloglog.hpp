#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace berth::relay {

/// NIP-45's estimate of how many different authors were counted: registers that clients merge over
/// relays, taking the higher value of each.
class HyperLogLog {
public:
    /// `offset`: where in a public key to look, 8..23, as HllOffsetOf says.
    explicit HyperLogLog(int offset) : offset_{static_cast<std::size_t>(offset)} {}

    /// `pubkey`: 32 bytes.
    void Add(std::string_view pubkey);
    /// 512 hex digits.
    std::string ToHex() const;

private:
    std::size_t offset_;
    std::array<std::uint8_t, 256> registers_{};
};

/// The offset that NIP-45 derives from a filter, as the client wrote it: from the first value of
/// its first tag. Nothing for a filter without tags, which is not eligible.
std::optional<int> HllOffsetOf(const boost::json::object& filter);

}  // namespace berth::relay
