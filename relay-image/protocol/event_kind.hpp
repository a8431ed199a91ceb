#pragma once

#include <optional>
#include <string>

#include "core/nostr/event.hpp"

namespace berth::relay {

constexpr int kDeletionKind = 5;
constexpr int kAuthKind = 22242;
constexpr int kGiftWrapKind = 1059;
constexpr int kVanishKind = 62;

/// Only the newest of these is kept per author (NIP-01).
constexpr bool IsReplaceable(int kind)
{
    return kind == 0 || kind == 3 || (kind >= 10000 && kind < 20000);
}
/// Sent to whoever listens, never stored.
constexpr bool IsEphemeral(int kind) { return kind >= 20000 && kind < 30000; }
/// Only the newest of these is kept per author and `d` tag.
constexpr bool IsAddressable(int kind) { return kind >= 30000 && kind < 40000; }

/// `kind:pubkey:d`, under which at most one event is kept; nothing for other kinds.
std::optional<std::string> AddressOf(const nostr::Event& event);

/// True if `a` takes the place of `b` at one address: newer, or of the same second with the lower
/// id.
bool Replaces(const nostr::Event& a, const nostr::Event& b);

}  // namespace berth::relay
