#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/config/config.hpp"
#include "relay-image/fanout/redis_address.hpp"

namespace berth::relay {

/// By what replicas tell each other of new events, besides the database.
struct FanoutSettings {
    std::optional<RedisAddress> redis;  ///< Nothing: the database alone.
    std::string channel;
};

/// The settings of the fan-out, for config::Load.
std::span<const config::Setting> DeclaredFanoutSettings();

/// `has_replicas`: others may serve the same events. Errors: kInvalid `CONFIG_BAD_VALUE`.
Result<FanoutSettings> ReadFanoutSettings(const config::Config& config, bool has_replicas);

}  // namespace berth::relay
