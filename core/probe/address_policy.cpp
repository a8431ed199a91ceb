#include "core/probe/address_policy.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "core/base/assert.hpp"

namespace berth::probe {
namespace {

constexpr std::array<std::string_view, 27> kSpecialNetworks{
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",   "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",    "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",  "224.0.0.0/4",    "240.0.0.0/4",
    "::/96",         "::ffff:0:0/96",   "::ffff:0:0:0/96", "64:ff9b::/96",   "64:ff9b:1::/48",
    "100::/64",      "2001::/23",       "2001:db8::/32",   "2002::/16",      "fc00::/7",
    "fe80::/9",      "ff00::/8",
};

}  // namespace

bool AddressPolicy::Read(std::string_view text, Network& network)
{
    const std::string copy{text};
    network.is_v6 = copy.find(':') != std::string::npos;
    network.bits = network.is_v6 ? 128 : 32;
    return ::inet_pton(network.is_v6 ? AF_INET6 : AF_INET, copy.c_str(), network.address.data()) ==
           1;
}

bool AddressPolicy::ReadBlock(std::string_view text, Network& network)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || !Read(text.substr(0, slash), network)) return false;
    const auto most = network.bits;
    const auto end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, network.bits);
    return error == std::errc{} && stopped == end && network.bits >= 0 && network.bits <= most;
}

bool AddressPolicy::Holds(const Network& network, const Network& address)
{
    if (network.is_v6 != address.is_v6) return false;
    for (int bit = 0; bit < network.bits; bit += 8) {
        const auto index = static_cast<std::size_t>(bit / 8);
        const auto rest = std::min(8, network.bits - bit);
        const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
        if ((network.address[index] & mask) != (address.address[index] & mask)) return false;
    }
    return true;
}

Result<AddressPolicy> AddressPolicy::Parse(const std::vector<std::string>& allow_networks)
{
    AddressPolicy policy;
    for (const auto& text : allow_networks) {
        if (!ReadBlock(text, policy.allowed_.emplace_back())) {
            return Fail(ErrorCode::kInvalid, "BAD_NETWORK",
                        text + " is no network such as 127.0.0.0/8 or fd00::/8.");
        }
    }
    return policy;
}

bool AddressPolicy::Allows(std::string_view text) const
{
    static const auto special = [] {
        std::vector<Network> networks(kSpecialNetworks.size());
        for (std::size_t i = 0; i < networks.size(); ++i) {
            BERTH_ASSERT(ReadBlock(kSpecialNetworks[i], networks[i]));
        }
        return networks;
    }();
    Network address;
    if (!Read(text, address)) return false;
    const auto holds = [&](const Network& network) { return Holds(network, address); };
    return std::any_of(allowed_.begin(), allowed_.end(), holds) ||
           std::none_of(special.begin(), special.end(), holds);
}

}  // namespace berth::probe
