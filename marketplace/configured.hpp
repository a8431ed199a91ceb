#pragma once

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "akash/programs.hpp"
#include "core/config/config.hpp"
#include "core/nostr/keys.hpp"
#include "core/probe/relay_probe.hpp"
#include "marketplace/operators/operator_handlers.hpp"
#include "marketplace/orders/settings.hpp"
#include "marketplace/payments/settings.hpp"
#include "marketplace/queue/settings.hpp"
#include "marketplace/rpc/authentication.hpp"
#include "marketplace/rpc/server.hpp"

namespace berth::marketplace {

/// The value, or the end of the start.
template <typename T>
T OrThrow(Result<T> result)
{
    if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// All of these throw std::runtime_error for a setting that cannot be.

/// From `database.url_file` or `database.url`.
std::string DatabaseUrl(const config::Config& config);
/// The marketplace's key; one that is published in test vectors is refused.
nostr::SecretKey MarketplaceKey(const config::Config& config);
/// Public keys of a list, hex.
std::set<std::string> KeysOf(const config::Config& config, std::string_view setting);

/// The names, `host:port`, that one who serves at an address is called by on his machine.
std::set<std::string> AuthoritiesOf(const std::string& address);

/// What each part of the program is told of the settings.
rpc::Authentication::Options AuthenticationOptions(const config::Config& config);
rpc::Server::Options ServerOptions(const config::Config& config);
orders::Settings OrderSettings(const config::Config& config, const std::string& marketplace);
akash::AkashPrograms ChainPrograms(const config::Config& config);
probe::NetworkRelayProbe::Options ProbeOptions(const config::Config& config);
std::vector<std::string> ResolversOf(const config::Config& config);
queue::Settings QueueSettings(const config::Config& config);
payments::Settings PaymentSettings(const config::Config& config, const std::string& marketplace);
operators::Settings OperatorSettings(const config::Config& config, const std::string& marketplace);

}  // namespace berth::marketplace
