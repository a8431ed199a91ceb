#pragma once

#include <map>
#include <string>

#include <boost/json/value.hpp>

#include "akash/sandbox/runtime/container_config.hpp"

namespace berth::sandbox {

/// What a service of a manifest's group has in its environment. Throws std::exception on another
/// shape, as the others do.
std::map<std::string, std::string> EnvironmentOf(const boost::json::value& service);
/// What a service may use, by its `resources`.
ContainerLimits LimitsOf(const boost::json::value& resources);
/// Whether a service has a volume, by its `resources`: else its data goes with its container.
bool HasVolume(const boost::json::value& resources);

}  // namespace berth::sandbox
