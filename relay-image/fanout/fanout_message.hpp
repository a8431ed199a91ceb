#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/base/error.hpp"
#include "relay-image/protocol/admission.hpp"

namespace berth::relay {

/// What stands in a channel of Redis: who sent it (32 hex digits), a space, the event as JSON.
std::string FanoutMessage(std::string_view sender, std::string_view json);

/// Whether `sender` sent this message; reads no further than it has to.
bool IsOf(std::string_view message, std::string_view sender);

/// The JSON of a message.
/// Errors: kInvalid `BAD_MESSAGE`.
Result<std::string_view> JsonOf(std::string_view message);

/// Reads an event that others sent, who may be anybody: its form, id, signature and expiration are
/// checked. Errors: those of ParseEvent, VerifyEvent and ExpirationOf; kInvalid `EVENT_EXPIRED`.
Result<EventPtr> ReadForeign(std::string_view json, std::int64_t now);

}  // namespace berth::relay
