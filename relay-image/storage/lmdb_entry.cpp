#include "relay-image/storage/lmdb_entry.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/deletion.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kHeadBytes = 3;
constexpr std::size_t kHashBytes = 15;   ///< A longer value stands as so much of its SHA-256.
constexpr std::size_t kAuthorBytes = 8;  ///< Of the 32 of a key.
constexpr std::uint64_t kExpires = std::uint64_t{1} << 39;
constexpr std::uint32_t kHeadMask = 0xFFFFFF;

void Put(char* at, std::uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i) {
        at[i] = static_cast<char>(value & 0xFF);
        value >>= 8;
    }
}

std::uint64_t Get(const char* at, int bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(at[i]);
    return value;
}

std::string Hashed(std::string key, std::string_view value)
{
    const auto digest = Sha256(value);
    return key.append(reinterpret_cast<const char*>(digest.data()), kHashBytes);
}

std::string Binary(std::string_view hex)
{
    auto bytes = FromHex(hex);
    BERTH_ASSERT(bytes.has_value());
    return std::move(*bytes);
}

std::vector<std::string> SortUnique(std::vector<std::string> keys)
{
    std::ranges::sort(keys);
    const auto repeats = std::ranges::unique(keys);
    keys.erase(repeats.begin(), repeats.end());
    return keys;
}

}  // namespace

LmdbEntry::LmdbEntry(const Parts& parts)
{
    Put(bytes_.data(), static_cast<std::uint64_t>(parts.created_at), 8);
    Put(&bytes_[8], ~IdHead(parts.id), kHeadBytes);
    Put(&bytes_[11], static_cast<std::uint64_t>(parts.kind), 2);
    Put(&bytes_[13], parts.number | (parts.expires ? kExpires : 0), 5);
}

LmdbEntry::LmdbEntry(std::string_view bytes)
{
    BERTH_ASSERT(bytes.size() == kBytes);
    std::ranges::copy(bytes, bytes_.begin());
}

LmdbEntry LmdbEntry::Before(std::uint64_t created_at)
{
    LmdbEntry entry;
    Put(entry.bytes_.data(), created_at, 8);
    return entry;
}

LmdbEntry LmdbEntry::Behind(std::int64_t created_at, std::uint32_t id_head)
{
    LmdbEntry entry;
    entry.bytes_.fill('\xFF');
    Put(entry.bytes_.data(), static_cast<std::uint64_t>(created_at), 8);
    Put(&entry.bytes_[8], ~id_head, kHeadBytes);
    return entry;
}

std::int64_t LmdbEntry::created_at() const
{
    return static_cast<std::int64_t>(Get(bytes_.data(), 8));
}

std::uint32_t LmdbEntry::id_head() const
{
    return ~static_cast<std::uint32_t>(Get(&bytes_[8], kHeadBytes)) & kHeadMask;
}

int LmdbEntry::kind() const { return static_cast<int>(Get(&bytes_[11], 2)); }

std::uint64_t LmdbEntry::number() const { return Get(&bytes_[13], 5) & ~kExpires; }

bool LmdbEntry::expires() const { return (Get(&bytes_[13], 5) & kExpires) != 0; }

std::uint32_t IdHead(std::string_view id)
{
    return id.empty() ? 0 : static_cast<std::uint32_t>(Get(id.data(), kHeadBytes));
}

namespace index_key {

std::string Time() { return "T"; }

std::string Kind(int kind)
{
    std::string key(3, 'K');
    Put(&key[1], static_cast<std::uint64_t>(kind), 2);
    return key;
}

std::string Author(std::string_view pubkey)
{
    return std::string{'A'}.append(pubkey.substr(0, kAuthorBytes));
}

std::string AuthorAndKind(std::string_view pubkey, int kind)
{
    auto key = std::string{'B'}.append(pubkey.substr(0, kAuthorBytes)).append(2, '\0');
    Put(&key[1 + kAuthorBytes], static_cast<std::uint64_t>(kind), 2);
    return key;
}

std::string Tag(char letter, std::string_view value)
{
    const std::string key{'t', letter};
    return value.size() < kHashBytes ? key + std::string{value} : Hashed(key, value);
}

std::string Address(std::string_view address) { return Hashed("R", address); }

std::string DeletionOfId(std::string_view pubkey, std::string_view id)
{
    return Hashed("D", std::string{pubkey}.append(id));
}

std::string DeletionOfAddress(std::string_view address) { return Hashed("E", address); }

std::string Vanishing(std::string_view pubkey) { return std::string{'V'}.append(pubkey); }

std::string Expiry() { return "X"; }

}  // namespace index_key

std::vector<std::string> IndexKeysOf(const nostr::Event& event)
{
    const auto pubkey = Binary(event.pubkey);
    std::vector<std::string> keys{index_key::Time(), index_key::Kind(event.kind),
                                  index_key::Author(pubkey),
                                  index_key::AuthorAndKind(pubkey, event.kind)};
    for (const auto& tag : event.tags) {
        if (tag.size() >= 2 && tag[0].size() == 1) {
            keys.push_back(index_key::Tag(tag[0][0], tag[1]));
        }
    }
    if (const auto address = AddressOf(event)) keys.push_back(index_key::Address(*address));
    return SortUnique(std::move(keys));
}

std::vector<std::string> RequestKeysOf(const nostr::Event& event)
{
    const auto pubkey = Binary(event.pubkey);
    if (event.kind == kVanishKind) return {index_key::Vanishing(pubkey)};
    std::vector<std::string> keys;
    if (event.kind != kDeletionKind) return keys;
    const auto deleted = DeletedBy(event);
    for (const auto& id : deleted.ids) keys.push_back(index_key::DeletionOfId(pubkey, Binary(id)));
    for (const auto& at : deleted.addresses) keys.push_back(index_key::DeletionOfAddress(at));
    return SortUnique(std::move(keys));
}

}  // namespace berth::relay
