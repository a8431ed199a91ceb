#pragma once

#include <string>
#include <string_view>

#include "core/nostr/event.hpp"

namespace berth::relay {

constexpr int kAnnouncementKind = 30166;

/// A relay's address as NIP-66 names it: scheme and host in lower case, no port that the scheme
/// implies, a slash where there is no path.
std::string NormalizedUrl(std::string_view url);

/// What a relay says about itself to whoever looks for relays (NIP-66): its NIP-11 document, and
/// what follows from it as tags.
nostr::Event Announcement(const std::string& url, const std::string& information,
                          const nostr::SecretKey& self, std::int64_t now);

}  // namespace berth::relay
