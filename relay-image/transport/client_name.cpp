#include "relay-image/transport/client_name.hpp"

#include "relay-image/transport/networks.hpp"

namespace berth::relay {

std::string ClientName(const boost::asio::ip::address& any)
{
    const auto address = Unwrapped(any);
    if (address.is_v4()) return address.to_string();
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.begin() + 8};
}

}  // namespace berth::relay
