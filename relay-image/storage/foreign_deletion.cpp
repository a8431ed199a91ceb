#include "relay-image/storage/foreign_deletion.hpp"

#include <algorithm>
#include <set>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxLookedUp = 500;  ///< A deletion of more ids is taken unseen.

/// What a deletion names.
struct Named {
    std::set<std::string> ids;  ///< Hex.
    bool own_address = false;
    bool foreign_address = false;
};

Named NamedBy(const nostr::Event& deletion)
{
    Named named;
    for (const auto& tag : deletion.tags) {
        if (tag.size() < 2) continue;
        if (tag[0] == "e" && IsLowerHex(tag[1], 64)) named.ids.insert(tag[1]);
        if (tag[0] != "a") continue;
        const auto start = tag[1].find(':');
        const bool own = start != std::string::npos &&
                         tag[1].compare(start + 1, deletion.pubkey.size(), deletion.pubkey) == 0;
        (own ? named.own_address : named.foreign_address) = true;
    }
    return named;
}

}  // namespace

bool DeletesOthersOnly(EventStore& store, const nostr::Event& event)
{
    if (event.kind != kDeletionKind) return false;
    const auto named = NamedBy(event);
    if (named.own_address || named.ids.size() > kMaxLookedUp) return false;
    if (named.ids.empty()) return named.foreign_address;
    Filter filter;
    filter.ids.emplace(named.ids.begin(), named.ids.end());
    const auto count = static_cast<std::int64_t>(named.ids.size());
    const auto known = store.Count(filter, count, 0);
    if (!known || *known < count) return false;
    filter.authors.emplace({event.pubkey});
    const auto own = store.Count(filter, 1, 0);
    return own && *own == 0;
}

}  // namespace berth::relay
