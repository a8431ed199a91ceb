#pragma once

#include <string>
#include <string_view>

namespace berth::relay {

/// Messages from the relay to a client, as JSON text (NIP-01, NIP-42). `text` starts with a
/// machine-readable prefix (`invalid: ...`) or is empty.
std::string OkMessage(std::string_view event_id, bool accepted, std::string_view text);
std::string ClosedMessage(std::string_view subscription, std::string_view text);
std::string EoseMessage(std::string_view subscription);
/// The same with NIP-67's hint, `finish` or `more`.
std::string EoseMessage(std::string_view subscription, std::string_view hint);
std::string NoticeMessage(std::string_view text);
std::string AuthMessage(std::string_view challenge);

/// What stands before the event in an EVENT message; `]` follows it.
std::string EventMessageHead(std::string_view subscription);

}  // namespace berth::relay
