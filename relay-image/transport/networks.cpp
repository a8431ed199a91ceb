#include "relay-image/transport/networks.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

namespace ip = boost::asio::ip;

constexpr int kMaxHops = 32;

std::string_view Trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1` or `[2001:db8::1]:80`, which proxies all write.
std::string WithoutPort(std::string_view text)
{
    if (text.starts_with('[')) return std::string{text.substr(1, text.find(']') - 1)};
    if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
    return std::string{text};
}

}  // namespace

ip::address Unwrapped(const ip::address& address)
{
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

Result<Networks> Networks::Parse(const std::vector<std::string>& blocks)
{
    Networks networks;
    for (const auto& block : blocks) {
        boost::system::error_code error;
        const bool is_v6 = block.find(':') != std::string::npos;
        const auto whole =
            block.find('/') != std::string::npos ? block : block + (is_v6 ? "/128" : "/32");
        if (is_v6) {
            networks.v6_.push_back(ip::make_network_v6(whole, error).canonical());
        } else {
            networks.v4_.push_back(ip::make_network_v4(whole, error).canonical());
        }
        if (error) {
            return Fail(ErrorCode::kInvalid, "BAD_NETWORK",
                        "\"" + block + "\" is no network such as 10.0.0.0/8 or fd00::/8.");
        }
    }
    return networks;
}

bool Networks::Hold(const ip::address& any) const
{
    const auto address = Unwrapped(any);
    if (address.is_v4()) {
        return std::ranges::any_of(v4_, [&](const auto& network) {
            return ip::network_v4{address.to_v4(), network.prefix_length()}.canonical() == network;
        });
    }
    return std::ranges::any_of(v6_, [&](const auto& network) {
        return ip::network_v6{address.to_v6(), network.prefix_length()}.canonical() == network;
    });
}

ip::address ForwardedClient(const ip::address& proxy, std::string_view forwarded_for,
                            const Networks& trusted)
{
    auto client = Unwrapped(proxy);
    for (int hop = 0; hop < kMaxHops && !forwarded_for.empty(); ++hop) {
        const auto comma = forwarded_for.rfind(',');
        const auto start = comma == std::string_view::npos ? 0 : comma + 1;
        boost::system::error_code error;
        const auto named =
            ip::make_address(WithoutPort(Trimmed(forwarded_for.substr(start))), error);
        if (error) return client;
        client = Unwrapped(named);
        if (!trusted.Hold(client)) return client;
        forwarded_for = forwarded_for.substr(0, start == 0 ? 0 : comma);
    }
    return client;
}

}  // namespace berth::relay
