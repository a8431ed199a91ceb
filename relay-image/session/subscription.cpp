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

std::vector<std::string> StoredReply::NextIds(std::size_t most) const
{
    std::vector<std::string> ids;
    for (auto at = next; at < events.size() && ids.size() < most; ++at) {
        if (events[at].json.size() == 0) ids.push_back(ToHex(events[at].id));
    }
    std::ranges::sort(ids);
    return ids;
}

void StoredReply::Fill(std::size_t asked, const std::vector<StoredEvent>& found)
{
    for (auto at = next; asked > 0;) {
        auto& event = events.at(at);
        if (event.json.size() > 0) {
            ++at;
            continue;
        }
        --asked;
        const auto stored = std::ranges::find(found, event.id, &StoredEvent::id);
        if (stored == found.end()) {
            events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
        } else {
            event.json = stored->json;
        }
    }
}

}  // namespace berth::relay
