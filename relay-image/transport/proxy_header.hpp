#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace berth::relay {

/// The longest PROXY header that is read; version 2 may carry more, which nobody here needs.
inline constexpr std::size_t kMaxProxyHeader = 536;

/// What stands at the beginning of a connection from a proxy.
struct ProxyHeader {
    enum class State {
        kNone,  ///< Something else: there is no PROXY header.
        kMore,  ///< It may be one; more bytes are needed to tell.
        kComplete,
        kBroken,
    };
    State state = State::kNone;
    std::size_t size = 0;  ///< Bytes to skip, if complete.
    /// The client, unless the proxy speaks for itself or does not know.
    std::optional<boost::asio::ip::address> client = {};
};

/// Reads a PROXY protocol header, version 1 or 2 (haproxy.org, proxy-protocol.txt), off the first
/// bytes of a connection.
ProxyHeader ReadProxyHeader(std::string_view bytes);

}  // namespace berth::relay
