#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/nostr/event.hpp"
#include "relay-image/protocol/event_text.hpp"
#include "relay-image/protocol/limits.hpp"

namespace berth::relay {

/// An event that passed every check and may be stored and sent.
struct AdmittedEvent {
    nostr::Event event;
    EventText json;
    std::optional<std::int64_t> expires_at;            ///< Unix seconds (NIP-40).
    std::chrono::steady_clock::time_point received{};  ///< When its checks began.
};
using EventPtr = std::shared_ptr<const AdmittedEvent>;

/// When the event expires by its `expiration` tag. Errors: kInvalid `BAD_EXPIRATION`.
Result<std::optional<std::int64_t>> ExpirationOf(const nostr::Event& event);

/// True for an event that only its author may publish (NIP-70).
bool IsProtected(const nostr::Event& event);

/// Checks limits, time, work and signature, the cheap ones first; the other result is the text to
/// refuse it with. `relay_url` is what a request to vanish (NIP-62) has to name, if it does not
/// name all relays. Thread-safe.
std::variant<EventPtr, std::string> Admit(nostr::Event event, const Limits& limits,
                                          std::int64_t now, std::string_view relay_url = {});

}  // namespace berth::relay
