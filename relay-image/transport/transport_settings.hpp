#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "relay-image/transport/networks.hpp"
#include "relay-image/transport/throttle.hpp"
#include "relay-image/transport/tls.hpp"

namespace berth::relay {

/// How clients reach the relay, and how much one of them may ask for.
struct TransportSettings {
    std::vector<std::string> addresses;      ///< `host:port`, served without TLS.
    std::vector<std::string> tls_addresses;  ///< `host:port`, served over TLS.
    std::optional<TlsMaterial> tls;          ///< Set if there are TLS addresses.
    Networks trusted_proxies;                ///< Whose PROXY header and X-Forwarded-For count.
    std::size_t max_connections = 0;
    std::size_t max_pending_output = 0;  ///< Of one client.
    std::size_t output_bytes = 0;        ///< Of all together.
    std::chrono::milliseconds request_timeout{};
    std::chrono::seconds ping_interval{};
    bool compression = true;
    RateLimits rates;
};

/// The table of these settings.
std::span<const config::Setting> DeclaredTransportSettings();

/// Errors: kInvalid `CONFIG_BAD_VALUE` (no address, a network that is none), `CONFIG_MISSING` (TLS
/// addresses without certificate or key).
Result<TransportSettings> ReadTransportSettings(const config::Config& config);

}  // namespace berth::relay
