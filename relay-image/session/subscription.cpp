#include "relay-image/session/subscription.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"

namespace berth::relay {

bool Subscription::Matches(const nostr::Event& event) const
{
    return std::ranges::any_of(filters, [&](const auto& filter) { return filter.Matches(event); });
}

bool StoredReply::Contains(const std::string& id) const
{
    const auto bytes = FromHex(id);
    return std::ranges::any_of(events, [&](const auto& event) { return event.id == *bytes; });
}

}  // namespace berth::relay
