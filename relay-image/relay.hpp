#pragma once

#include <functional>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {

/// Reads the settings again from where they came from.
using SettingsSource = std::function<Result<RelaySettings>()>;

/// Serves until SIGTERM or SIGINT, then drains: takes nothing new, answers the events it has taken,
/// says goodbye to all clients. On SIGHUP it takes the safe settings from `again` (limits, rates,
/// what NIP-11 says, proxies, the certificate, which it also looks after by itself); on SIGUSR2 it
/// hands its ports to a successor and drains. Returns an error if it could not start listening.
Result<void> RunRelay(const RelaySettings& settings, const Clock& clock, Log& log,
                      SettingsSource again = {});

}  // namespace berth::relay
