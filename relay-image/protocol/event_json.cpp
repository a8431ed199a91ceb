#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {

Result<nostr::Event> ReadEvent(std::string_view json)
{
    return nostr::ParseEvent(json, {.bytes = json.size()}, nostr::EventSyntax::kNip01);
}

}  // namespace berth::relay
