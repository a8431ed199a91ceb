#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/nostr/event.hpp"
#include "relay-image/protocol/filter.hpp"
#include "relay-image/protocol/limits.hpp"

namespace berth::relay {

/// `["EVENT", event]`; id and signature are not checked yet.
struct PublishRequest {
    nostr::Event event;
};
/// `["REQ", subscription, filter...]`
struct SubscribeRequest {
    std::string subscription;
    std::vector<Filter> filters;
};
/// `["COUNT", query, filter...]` (NIP-45)
struct CountRequest {
    std::string query;
    std::vector<Filter> filters;
    std::optional<int> hll_offset;  ///< For an estimate of authors; set for one filter with a tag.
};
/// `["NEG-OPEN", sync, filter, message]` (NIP-77)
struct OpenSyncRequest {
    std::string sync;
    Filter filter;
    std::string message;  ///< Bytes.
};
/// `["NEG-MSG", sync, message]`
struct ContinueSyncRequest {
    std::string sync;
    std::string message;  ///< Bytes.
};
/// `["NEG-CLOSE", sync]`
struct CloseSyncRequest {
    std::string sync;
};
/// `["CLOSE", subscription]`
struct CloseRequest {
    std::string subscription;
};
/// `["AUTH", event]`; nothing in the event is checked yet.
struct AuthRequest {
    nostr::Event event;
};
/// A message that cannot be served, with the OK, CLOSED, NEG-ERR or NOTICE to answer it by.
struct Refusal {
    std::string reply;
};

using ClientMessage =
    std::variant<PublishRequest, SubscribeRequest, CountRequest, CloseRequest, AuthRequest,
                 OpenSyncRequest, ContinueSyncRequest, CloseSyncRequest, Refusal>;

/// True if the text is an EVENT by its first bytes: a cheap guess to choose a thread by.
bool LooksLikeEvent(std::string_view text);

/// Reads one message of a client; whatever is wrong with it becomes a Refusal.
ClientMessage ParseClientMessage(std::string_view text, const Limits& limits);

/// Number of Unicode characters in valid UTF-8.
std::size_t CountCharacters(std::string_view text);
/// As much of valid UTF-8 as fits `most` bytes without cutting a character.
std::string_view Shortened(std::string_view text, std::size_t most);

}  // namespace berth::relay
