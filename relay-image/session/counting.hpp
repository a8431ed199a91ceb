#pragma once

#include <cstdint>
#include <string>

#include "relay-image/protocol/client_message.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Counts what a COUNT asks for (NIP-45) and returns the message that answers it: COUNT, or CLOSED
/// if the store fails. Several filters are counted as one set. Blocks: for a reader thread.
std::string AnswerCount(EventStore& store, const CountRequest& request, std::int64_t now);

}  // namespace berth::relay
