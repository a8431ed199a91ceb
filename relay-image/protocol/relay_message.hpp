#pragma once

#include <cstdint>
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
/// NIP-45; `hll` is empty or the registers in hex.
std::string CountMessage(std::string_view query, std::int64_t count, bool approximate,
                         std::string_view hll);
/// NIP-77: the next step of a reconciliation, given as bytes.
std::string SyncMessage(std::string_view sync, std::string_view bytes);
/// NIP-77: the end of a reconciliation by the relay.
std::string SyncErrorMessage(std::string_view sync, std::string_view text);
/// The same for a set that is too large, with how large it may be.
std::string SyncTooLargeMessage(std::string_view sync, std::int64_t most);
std::string NoticeMessage(std::string_view text);
std::string AuthMessage(std::string_view challenge);

/// What stands before the event in an EVENT message; `]` follows it.
std::string EventMessageHead(std::string_view subscription);

}  // namespace berth::relay
