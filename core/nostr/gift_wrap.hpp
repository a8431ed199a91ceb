#pragma once

#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::nostr {

/// NIP-59: puts `rumor` (an event without signature) into a seal of its author's and the seal into
/// a wrap of a key that is used once. Both are dated up to two days back.
/// Errors: those of Encrypt44.
Result<Event> WrapGift(Event rumor, const SecretKey& author, std::string_view to_pubkey, Time now);

/// Opens a wrap that was sent to `mine`. The rumor's author is the one who signed the seal; its
/// `sig` stays empty. Errors: kInvalid `BAD_GIFT`, and those of VerifyEvent, ParseEvent, Decrypt44.
Result<Event> UnwrapGift(const Event& wrap, const SecretKey& mine);

}  // namespace berth::nostr
