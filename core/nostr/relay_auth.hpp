#pragma once

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::nostr {

/// Checks a NIP-42 AUTH event: kind 22242, signature, 10 min window, `relay` and `challenge`.
/// The relay's address is compared without regard to case of the host or one trailing slash.
/// Errors: kUnauthenticated `AUTH_WRONG_KIND`, `AUTH_EXPIRED`, `AUTH_WRONG_RELAY`,
/// `AUTH_WRONG_CHALLENGE`, `BAD_EVENT_ID`, `BAD_SIGNATURE`.
Result<void> VerifyRelayAuth(const Event& event, std::string_view relay_url,
                             std::string_view challenge, Time now);

/// The event that answers `challenge`.
Event MakeRelayAuth(std::string_view relay_url, std::string_view challenge, const SecretKey& key,
                    Time now);

}  // namespace berth::nostr
