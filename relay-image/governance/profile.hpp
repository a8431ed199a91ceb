#pragma once

#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/information.hpp"

namespace berth::relay {

/// What the relay says about itself at the moment: the configuration, with what the owner changed
/// since.
RelayProfile CurrentProfile(const RelayProfile& configured, const AccessPolicy& access);

}  // namespace berth::relay
