#pragma once

#include <cstdint>
#include <string_view>

#include "relay-image/protocol/event_text.hpp"

namespace berth::relay {

/// An event as stores keep it: what is hex in its JSON stands in bytes, the rest as it is sent.
struct EventParts {
    std::string_view id;      ///< 32 bytes.
    std::string_view pubkey;  ///< 32 bytes.
    std::int64_t created_at = 0;
    int kind = 0;
    std::string_view body;       ///< From `"tags":` to the end of the content.
    std::string_view signature;  ///< 64 bytes.
};

/// The event as it is sent, its fields in NIP-01's order.
EventText JsonOf(const EventParts& parts);

/// The body of an event's JSON whose fields are in that order.
std::string_view BodyOf(std::string_view json);

}  // namespace berth::relay
