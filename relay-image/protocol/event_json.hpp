#pragma once

#include <string_view>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// Reads an event, however long, out of what has been bounded already: a store, a file's line,
/// another event. Checks neither id nor signature. Errors: those of nostr::ParseEvent.
Result<nostr::Event> ReadEvent(std::string_view json);

}  // namespace berth::relay
