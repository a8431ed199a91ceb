#include "relay-image/storage/hot_events.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/tag_key.hpp"

namespace berth::relay {
namespace {

// What allocators, maps and trees take beside the bytes themselves, measured.
constexpr std::size_t kBytesOfEvent = 420;
constexpr std::size_t kBytesOfTag = 150;

std::size_t BytesOf(const HotEvent& event)
{
    return kBytesOfEvent + event.json.size() + event.tags.size() * kBytesOfTag +
           event.address.size();
}

HotPlace PlaceOf(const HotEvent& event) { return {event.created_at, &event}; }

template <typename Map, typename Key>
const HotList* ListIn(const Map& map, const Key& key)
{
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

template <typename Map, typename Key>
void Unlist(Map& map, const Key& key, const HotEvent& event)
{
    const auto found = map.find(key);
    BERTH_ASSERT(found != map.end());
    found->second.erase(PlaceOf(event));
    if (found->second.empty()) map.erase(found);
}

}  // namespace

bool NewestFirst::operator()(const HotPlace& a, const HotPlace& b) const
{
    if (a.created_at != b.created_at) return a.created_at > b.created_at;
    if (!a.event || !b.event) return !a.event && b.event;
    return a.event->id < b.event->id;
}

Bytes32 BytesOfHex(std::string_view hex)
{
    const auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes && bytes->size() == std::tuple_size_v<Bytes32>);
    Bytes32 result;
    std::ranges::copy(*bytes, result.begin());
    return result;
}

std::size_t HotEvents::Hash::operator()(const Bytes32& bytes) const
{
    std::size_t head = 0;  // Ids and keys are hashes or points: any part is as good as another.
    std::memcpy(&head, bytes.data(), sizeof head);
    return head;
}

std::size_t HotEvents::Hash::operator()(const AuthorAndKind& key) const
{
    return (*this)(key.author) ^ (static_cast<std::size_t>(key.kind) * 0x9E3779B97F4A7C15ULL);
}

bool HotEvents::Add(const nostr::Event& event, EventText json, std::int64_t expires_at)
{
    const auto id = BytesOfHex(event.id);
    const auto [place, added] = by_id_.try_emplace(id);
    if (!added) return false;
    place->second = std::make_unique<HotEvent>();
    auto& hot = *place->second;
    hot.id = id;
    hot.pubkey = BytesOfHex(event.pubkey);
    hot.created_at = event.created_at;
    hot.expires_at = expires_at;
    hot.kind = event.kind;
    hot.address = AddressOf(event).value_or("");
    hot.json = std::move(json);
    ListTags(hot, TagKeysOf(event));
    List(hot);
    bytes_ += BytesOf(hot);
    return true;
}

void HotEvents::ListTags(HotEvent& event, std::vector<std::string> keys)
{
    event.tags.reserve(keys.size());
    for (auto& key : keys) {
        const auto [place, added] = by_tag_.try_emplace(std::move(key));
        if (added) place->second.key = place->first;
        place->second.list.insert(PlaceOf(event));
        event.tags.push_back(&place->second);
    }
    std::ranges::sort(event.tags);
}

void HotEvents::List(const HotEvent& event)
{
    const auto place = PlaceOf(event);
    all_.insert(place);
    by_kind_[event.kind].insert(place);
    by_author_[event.pubkey].insert(place);
    by_author_and_kind_[{event.pubkey, event.kind}].insert(place);
    if (!event.address.empty()) by_address_[event.address] = &event;
    if (event.expires_at != std::numeric_limits<std::int64_t>::max()) {
        expiring_.insert({event.expires_at, &event});
    }
}

void HotEvents::Remove(const HotEvent& event)
{
    bytes_ -= BytesOf(event);
    all_.erase(PlaceOf(event));
    expiring_.erase({event.expires_at, &event});
    Unlist(by_kind_, event.kind, event);
    Unlist(by_author_, event.pubkey, event);
    Unlist(by_author_and_kind_, AuthorAndKind{event.pubkey, event.kind}, event);
    for (const auto* tag : event.tags) {
        const auto found = by_tag_.find(std::string{tag->key});
        found->second.list.erase(PlaceOf(event));
        if (found->second.list.empty()) by_tag_.erase(found);
    }
    const auto address = by_address_.find(event.address);
    if (address != by_address_.end() && address->second == &event) by_address_.erase(address);
    by_id_.erase(Bytes32{event.id});  // A copy: the key goes with the event.
}

void HotEvents::Clear() { *this = {}; }

const HotEvent* HotEvents::Find(const Bytes32& id) const
{
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second.get();
}

const HotEvent* HotEvents::At(const std::string& address) const
{
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? nullptr : found->second;
}

const HotEvent* HotEvents::Oldest() const { return all_.empty() ? nullptr : all_.rbegin()->event; }

const HotEvent* HotEvents::FirstToExpire() const
{
    return expiring_.empty() ? nullptr : expiring_.rbegin()->event;
}

const HotList* HotEvents::OfKind(int kind) const { return ListIn(by_kind_, kind); }

const HotList* HotEvents::OfAuthor(const Bytes32& author) const
{
    return ListIn(by_author_, author);
}

const HotList* HotEvents::OfAuthorAndKind(const Bytes32& author, int kind) const
{
    return ListIn(by_author_and_kind_, AuthorAndKind{author, kind});
}

const TagList* HotEvents::WithTag(char letter, std::string_view value) const
{
    const auto found = by_tag_.find(TagKey(letter, value));
    return found == by_tag_.end() ? nullptr : &found->second;
}

}  // namespace berth::relay
