#include "relay-image/governance/address_range.hpp"

#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> Parse(std::string_view text)
{
    boost::system::error_code error;
    auto address = ip::make_address(std::string{text}, error);
    if (error) return {};
    if (address.is_v6()) {
        auto plain = address.to_v6();
        if (plain.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, plain);
        plain.scope_id(0);
        return plain;
    }
    return address;
}

int BitsOf(const ip::address& address) { return address.is_v4() ? 32 : 128; }

template <typename Bytes>
Bytes Masked(Bytes bytes, int length)
{
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int kept = std::clamp(length - static_cast<int>(8 * i), 0, 8);
        bytes[i] = static_cast<unsigned char>(bytes[i] & (0xFF00 >> kept));
    }
    return bytes;
}

std::string TextOf(const ip::address& address, int length)
{
    if (length == BitsOf(address)) return address.to_string();
    const auto network =
        address.is_v4() ? ip::address{ip::address_v4{Masked(address.to_v4().to_bytes(), length)}}
                        : ip::address{ip::address_v6{Masked(address.to_v6().to_bytes(), length)}};
    return network.to_string() + "/" + std::to_string(length);
}

}  // namespace

std::optional<std::string> CanonicalRange(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = Parse(text.substr(0, slash));
    if (!address) return {};
    if (slash == std::string_view::npos) return TextOf(*address, BitsOf(*address));
    const auto digits = text.substr(slash + 1);
    int length = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!IsPlainDecimal(digits) || read.ec != std::errc{} || length > BitsOf(*address)) return {};
    return TextOf(*address, length);
}

std::vector<std::string> RangesOf(std::string_view address)
{
    std::vector<std::string> ranges;
    const auto parsed = Parse(address);
    if (!parsed) return ranges;
    for (int length = BitsOf(*parsed); length >= 0; --length) {
        ranges.push_back(TextOf(*parsed, length));
    }
    return ranges;
}

}  // namespace berth::relay
