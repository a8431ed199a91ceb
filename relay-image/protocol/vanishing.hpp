#pragma once

#include <string>
#include <string_view>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// Why this relay cannot follow a request to vanish (NIP-62); empty if it is addressed to
/// `relay_url` or to all relays, and for every other event. Addresses are compared without scheme,
/// case of the host and a final slash.
std::string WhyNotVanish(const nostr::Event& event, std::string_view relay_url);

}  // namespace berth::relay
