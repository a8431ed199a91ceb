#pragma once

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::nostr {

/// Checks a NIP-42 AUTH event: kind 22242, signature, 10 min window, `relay` and `challenge`.
/// Errors: kUnauthenticated with a reason per rule.
Result<void> VerifyRelayAuth(const Event& event, std::string_view relay_url,
                             std::string_view challenge, Time now);

}  // namespace berth::nostr
