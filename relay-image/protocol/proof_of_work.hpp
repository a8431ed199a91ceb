#pragma once

#include <cstdint>
#include <string>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// Leading zero bits of an id in hex (NIP-13).
int DifficultyOf(std::string_view id);

/// Why an event does not show the work that is asked for; empty if it does. The nonce tag has to
/// commit to a target that is high enough, too, so that luck at a lower one does not count.
std::string WhyTooLittleWork(const nostr::Event& event, std::int64_t least);

}  // namespace berth::relay
