#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "core/base/error.hpp"

namespace berth::relay {

/// A set of networks. Immutable, so thread-safe.
class Networks {
public:
    /// Reads blocks such as `10.0.0.0/8` or `fd00::/8`, and single addresses.
    /// Errors: kInvalid `BAD_NETWORK`.
    static Result<Networks> Parse(const std::vector<std::string>& blocks);

    /// An IPv4 address in IPv6 form counts as IPv4.
    bool Hold(const boost::asio::ip::address& address) const;

private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

/// The address itself, or the IPv4 address that an IPv6 one only wraps.
boost::asio::ip::address Unwrapped(const boost::asio::ip::address& address);

/// The client that a trusted proxy names in X-Forwarded-For: the last address of the list that is
/// no trusted proxy itself, since only what trusted proxies appended can be believed. The proxy's
/// own address if the list names none.
boost::asio::ip::address ForwardedClient(const boost::asio::ip::address& proxy,
                                         std::string_view forwarded_for, const Networks& trusted);

}  // namespace berth::relay
