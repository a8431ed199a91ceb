#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "relay-image/protocol/admission.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay::test {

/// A key, hex, that stands for a person; no signature is made with it.
std::string KeyOf(const std::string& name);

/// An event about to be made.
struct Draft {
    std::string author = KeyOf("alice");
    std::int64_t created_at = 1'000;
    int kind = 1;
    std::string content = "hello";
    std::vector<nostr::Tag> tags = {};
};

/// An admitted event with a true id and a made-up signature: stores look at neither.
EventPtr Make(const Draft& draft);
/// The same content until the id begins with `head` (hex).
EventPtr MakeWithIdHead(Draft draft, const std::string& head);

/// Its id as the store tells it, 32 bytes.
std::string IdOf(const EventPtr& event);

/// The contents of what was found, in its order.
std::vector<std::string> Contents(const std::vector<StoredEvent>& events);

}  // namespace berth::relay::test
