#pragma once

#include <set>
#include <string>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// Keys (hex) that a connection proved by NIP-42.
using Authenticated = std::set<std::string>;

/// Who may read and write. The answers are empty for yes, else the text to refuse with.
struct AccessPolicy {
    bool auth_required = false;      ///< Nothing is served before NIP-42.
    bool restricted_writes = false;  ///< Only `writers` may publish.
    std::set<std::string> writers;   ///< Keys (hex) whose events are accepted whatever the policy.

    std::string WhyNotPublish(const nostr::Event& event, const Authenticated& keys) const;
    std::string WhyNotRead(const Authenticated& keys) const;
};

}  // namespace berth::relay
