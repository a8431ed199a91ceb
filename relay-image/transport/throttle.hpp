#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

#include "relay-image/transport/networks.hpp"
#include "relay-image/transport/rate_limiter.hpp"

namespace berth::relay {

/// How much one address, or one key, may ask for. 0 is no limit.
struct RateLimits {
    std::size_t connections_per_address = 0;
    std::int64_t events_per_address = 0;    ///< A minute.
    std::int64_t requests_per_address = 0;  ///< A minute; all messages but EVENT and CLOSE.
    std::int64_t events_per_key = 0;        ///< A minute.
    Networks unlimited;                     ///< Addresses that none of these apply to.
};

/// Counts what addresses and keys do. An IPv6 client is counted by its /64, which is what one
/// customer of a provider has. Bounded memory. Thread-safe.
class Throttle : public std::enable_shared_from_this<Throttle> {
public:
    using Address = boost::asio::ip::address;
    using Steady = RateLimiter::Steady;

    Throttle();

    /// Puts new limits in force; what was counted stays.
    void Use(RateLimits limits);

    /// A counted connection; it is given back with the last copy.
    struct Connection {
        std::shared_ptr<void> held;  ///< Null: the address is far over its limit; close at once.
        bool excess = false;         ///< Over the limit, counted so that it can be told why.
    };
    Connection Connect(const Address& address);

    /// Empty if it may, else why not, as `rate-limited: ...`. The unspecified address is the relay
    /// itself, which no limit applies to.
    std::string WhyNotEvent(const Address& address, Steady::time_point now);
    std::string WhyNotRequest(const Address& address, Steady::time_point now);
    /// `key` has to be proved, else a stranger could use up another's tokens.
    std::string WhyNotKey(const std::string& key, const Address& address, Steady::time_point now);

private:
    bool Exempts(const Address& address) const;
    void Disconnect(const std::string& name);

    std::mutex mutex_;
    RateLimits limits_;
    RateLimiter events_;
    RateLimiter requests_;
    RateLimiter keys_;
    std::unordered_map<std::string, std::size_t> connections_;  ///< Bounded by max_connections.
};

}  // namespace berth::relay
