#pragma once

#include <string>

#include <boost/asio/ip/address.hpp>

namespace berth::relay {

/// What a client is counted by: its IPv4 address, or the /64 of its IPv6 one, which is what one
/// customer of a provider has.
std::string ClientName(const boost::asio::ip::address& address);

}  // namespace berth::relay
