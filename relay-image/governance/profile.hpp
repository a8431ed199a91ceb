#pragma once

#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/information.hpp"

namespace berth::relay {

/// What the relay says about itself at the moment: the configuration, with what the owner changed
/// since.
RelayProfile CurrentProfile(const RelayProfile& configured, const AccessPolicy& access);

/// `fresh`, but with the fees of `current`: the paywall keeps those that it started with.
RelayProfile WithFeesOf(const RelayProfile& current, RelayProfile fresh);

}  // namespace berth::relay
