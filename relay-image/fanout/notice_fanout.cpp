#include "relay-image/fanout/notice_fanout.hpp"

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {

void NoticeFanout::Publish(const EventPtr& event)
{
    if (IsEphemeral(event->event.kind) && peers_.has_peers()) peers_.TellWhole(event->json);
}

}  // namespace berth::relay
