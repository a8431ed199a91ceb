#pragma once

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {

/// Serves until SIGTERM or SIGINT, then drains: takes nothing new, answers the events it has taken,
/// says goodbye to all clients. Returns an error if it could not start listening.
Result<void> RunRelay(const RelaySettings& settings, const Clock& clock, Log& log);

}  // namespace berth::relay
