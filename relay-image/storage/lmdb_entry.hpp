#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// What stands under an index key for one event, in 18 bytes that sort by time and, within one
/// second, from higher to lower ids: `created_at` (8), the inverted head of the id (3), the kind
/// (2), the event number (5). All are big-endian; the number's highest bit says that the event
/// expires. Ids that share their head are told apart by the event's record.
class LmdbEntry {
public:
    static constexpr std::size_t kBytes = 18;

    /// What an entry says about an event.
    struct Parts {
        std::int64_t created_at = 0;
        std::string_view id;  ///< 32 bytes; the head counts.
        int kind = 0;
        std::uint64_t number = 0;
        bool expires = false;
    };
    explicit LmdbEntry(const Parts& parts);
    /// Reads an entry of the index.
    explicit LmdbEntry(std::string_view bytes);
    /// The place before all entries of a second.
    static LmdbEntry Before(std::uint64_t created_at);
    /// The place behind all entries of a second whose ids have this head or a higher one.
    static LmdbEntry Behind(std::int64_t created_at, std::uint32_t id_head);

    std::int64_t created_at() const;
    /// The first bytes of the id as a number.
    std::uint32_t id_head() const;
    int kind() const;
    std::uint64_t number() const;
    bool expires() const;
    std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

private:
    LmdbEntry() = default;

    std::array<char, kBytes> bytes_{};
};

/// The first bytes of an id as LmdbEntry::id_head tells them; 0 of an empty one.
std::uint32_t IdHead(std::string_view id);

/// Keys of the index. Each begins with a letter for its sort; what is long stands as the head of
/// its SHA-256, so that equal keys mean equal values. Authors stand by their first 8 bytes: the
/// record tells. `pubkey` and `id` are bytes, not hex.
namespace index_key {
std::string Time();
std::string Kind(int kind);
std::string Author(std::string_view pubkey);
std::string AuthorAndKind(std::string_view pubkey, int kind);
std::string Tag(char letter, std::string_view value);
/// The event kept at an address (`kind:pubkey:d`).
std::string Address(std::string_view address);
/// Requests of `pubkey` to delete the event `id`.
std::string DeletionOfId(std::string_view pubkey, std::string_view id);
/// Requests of its owner to delete what is at an address.
std::string DeletionOfAddress(std::string_view address);
/// Requests of `pubkey` to vanish (NIP-62).
std::string Vanishing(std::string_view pubkey);
/// Events that expire; their entries carry the time of expiry in place of created_at.
std::string Expiry();
}  // namespace index_key

/// The keys under which an event has an entry for as long as it is stored, without repeats and
/// without Expiry.
std::vector<std::string> IndexKeysOf(const nostr::Event& event);

/// The keys under which a deletion or a request to vanish is remembered, also when it is removed.
std::vector<std::string> RequestKeysOf(const nostr::Event& event);

}  // namespace berth::relay
