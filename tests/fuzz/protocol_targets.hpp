#pragma once

#include <string_view>

namespace berth::relay::fuzz {

/// An event's JSON; what was read is written and read again.
void ReadEvent(std::string_view bytes);
/// A filter of a REQ.
void ReadFilter(std::string_view bytes);
/// A message of a client; each refusal has to be a message, too.
void ReadClientMessage(std::string_view bytes);

}  // namespace berth::relay::fuzz
