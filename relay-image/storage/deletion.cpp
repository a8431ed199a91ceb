#include "relay-image/storage/deletion.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

bool IsAddressOf(const std::string& address, const std::string& pubkey)
{
    const auto colon = address.find(':');
    return colon != std::string::npos && address.compare(colon + 1, pubkey.size(), pubkey) == 0 &&
           address.size() > colon + 1 + pubkey.size() && address[colon + 1 + pubkey.size()] == ':';
}

void Raise(std::unordered_map<std::string, std::int64_t>& until, const std::string& key,
           std::int64_t time)
{
    auto& now = until.try_emplace(key, time).first->second;
    now = std::max(now, time);
}

}  // namespace

Deleted DeletedBy(const nostr::Event& deletion)
{
    Deleted deleted;
    for (const auto& tag : deletion.tags) {
        if (tag.size() < 2) continue;
        if (tag[0] == "e" && IsLowerHex(tag[1], 64)) deleted.ids.push_back(tag[1]);
        if (tag[0] == "a" && IsAddressOf(tag[1], deletion.pubkey)) {
            deleted.addresses.push_back(tag[1]);
        }
    }
    return deleted;
}

void DeletionSet::Add(const nostr::Event& event)
{
    if (event.kind == kVanishKind) Raise(vanished_, event.pubkey, event.created_at);
    if (event.kind != kDeletionKind) return;
    const auto deleted = DeletedBy(event);
    for (const auto& id : deleted.ids) ids_.insert(id + event.pubkey);
    for (const auto& address : deleted.addresses) Raise(addresses_, address, event.created_at);
}

void DeletionSet::Clear() { *this = {}; }

bool DeletionSet::HasVanished(const std::string& pubkey, std::int64_t created_at) const
{
    const auto found = vanished_.find(pubkey);
    return found != vanished_.end() && created_at <= found->second;
}

bool DeletionSet::TakesAway(const nostr::Event& event) const
{
    if (event.kind == kVanishKind) return false;
    if (HasVanished(event.pubkey, event.created_at)) return true;
    if (event.kind == kGiftWrapKind && std::ranges::any_of(event.tags, [&](const auto& tag) {
            return tag.size() >= 2 && tag[0] == "p" && HasVanished(tag[1], event.created_at);
        })) {
        return true;
    }
    if (event.kind == kDeletionKind) return false;
    if (ids_.contains(event.id + event.pubkey)) return true;
    if (addresses_.empty()) return false;
    const auto address = AddressOf(event);
    const auto found = address ? addresses_.find(*address) : addresses_.end();
    return found != addresses_.end() && event.created_at <= found->second;
}

}  // namespace berth::relay
