#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/container/btree_set.h>

#include "core/base/digest.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/protocol/event_text.hpp"

namespace berth::relay {

struct HotEvent;

/// An event's place in a list.
struct HotPlace {
    std::int64_t created_at = 0;
    const HotEvent* event = nullptr;  ///< Null comes before all of its second.
};

/// Newest first; of one second those with the lower ids come first.
struct NewestFirst {
    bool operator()(const HotPlace& a, const HotPlace& b) const;
};
using HotList = absl::btree_set<HotPlace, NewestFirst>;

/// The events with one tag.
struct TagList {
    HotList list;
    std::string_view key;  ///< Its TagKey.
};

/// An event in memory: what is sent, and what filters look at.
struct HotEvent {
    Bytes32 id{};
    Bytes32 pubkey{};
    std::int64_t created_at = 0;
    std::int64_t expires_at = std::numeric_limits<std::int64_t>::max();
    int kind = 0;
    std::string address;               ///< `kind:pubkey:d`; empty if it has none.
    std::vector<const TagList*> tags;  ///< Sorted.
    EventText json;
};

/// Events in memory under all that filters ask for. Not thread-safe.
class HotEvents {
public:
    /// Adds an event; false if it is there.
    bool Add(const nostr::Event& event, EventText json, std::int64_t expires_at);
    void Remove(const HotEvent& event);
    void Clear();

    const HotEvent* Find(const Bytes32& id) const;
    /// The one at an address; null if none is.
    const HotEvent* At(const std::string& address) const;
    /// Null if there is none.
    const HotEvent* Oldest() const;
    /// What expires first; null if nothing does.
    const HotEvent* FirstToExpire() const;

    /// The lists; null where nothing is listed.
    const HotList* All() const { return &all_; }
    const HotList* OfKind(int kind) const;
    const HotList* OfAuthor(const Bytes32& author) const;
    const HotList* OfAuthorAndKind(const Bytes32& author, int kind) const;
    const TagList* WithTag(char letter, std::string_view value) const;

    std::size_t count() const { return by_id_.size(); }
    /// About what all of it takes.
    std::size_t bytes() const { return bytes_; }

private:
    struct AuthorAndKind {
        Bytes32 author;
        int kind;
        bool operator==(const AuthorAndKind&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Bytes32& bytes) const;
        std::size_t operator()(const AuthorAndKind& key) const;
    };
    void List(const HotEvent& event);
    void ListTags(HotEvent& event, std::vector<std::string> keys);

    std::unordered_map<Bytes32, std::unique_ptr<HotEvent>, Hash> by_id_;
    std::unordered_map<std::string, const HotEvent*> by_address_;
    HotList all_;
    HotList expiring_;  ///< Its times are those of expiry.
    std::unordered_map<int, HotList> by_kind_;
    std::unordered_map<Bytes32, HotList, Hash> by_author_;
    std::unordered_map<AuthorAndKind, HotList, Hash> by_author_and_kind_;
    std::unordered_map<std::string, TagList> by_tag_;  ///< Under its TagKey.
    std::size_t bytes_ = 0;
};

/// The bytes of an id or key in hex, which must be sound.
Bytes32 BytesOfHex(std::string_view hex);

}  // namespace berth::relay
