#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {

std::optional<std::string> AddressOf(const nostr::Event& event)
{
    if (!IsReplaceable(event.kind) && !IsAddressable(event.kind)) return std::nullopt;
    auto address = std::to_string(event.kind) + ":" + event.pubkey + ":";
    if (IsAddressable(event.kind)) address += event.TagValue("d").value_or("");
    return address;
}

bool Replaces(const nostr::Event& a, const nostr::Event& b)
{
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
}

}  // namespace berth::relay
