#pragma once

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
/// `["CLOSE", subscription]`
struct CloseRequest {
    std::string subscription;
};
/// `["AUTH", event]`; nothing in the event is checked yet.
struct AuthRequest {
    nostr::Event event;
};
/// A message that cannot be served, with the OK, CLOSED or NOTICE to answer it by.
struct Refusal {
    std::string reply;
};

using ClientMessage =
    std::variant<PublishRequest, SubscribeRequest, CloseRequest, AuthRequest, Refusal>;

/// True if the text is an EVENT by its first bytes: a cheap guess to choose a thread by.
bool LooksLikeEvent(std::string_view text);

/// Reads one message of a client; whatever is wrong with it becomes a Refusal.
ClientMessage ParseClientMessage(std::string_view text, const Limits& limits);

/// Number of Unicode characters in valid UTF-8.
std::size_t CountCharacters(std::string_view text);

}  // namespace berth::relay
