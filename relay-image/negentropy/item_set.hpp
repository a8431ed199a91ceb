#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::relay::negentropy {

/// Of an event, its bytes.
using Id = std::array<std::uint8_t, 32>;
/// What stands for a range's ids.
using Fingerprint = std::array<std::uint8_t, 16>;

/// The time behind all times.
constexpr std::uint64_t kInfinity = std::numeric_limits<std::uint64_t>::max();

/// One element of a set: an event by its time and id, ordered by both.
struct Item {
    std::uint64_t timestamp = 0;
    Id id{};

    auto operator<=>(const Item&) const = default;
};

/// Where a range ends: before every item that is not less. Only the first bytes of the id are sent.
struct Bound {
    Item item{};
    std::size_t prefix = 0;  ///< Bytes of the id that count; the others are zero.

    /// Behind every item.
    static Bound Infinity() { return {.item = {.timestamp = kInfinity, .id = {}}, .prefix = 0}; }
};

/// The id of 32 bytes. Whoever calls knows the length.
Id IdOf(std::string_view bytes);

/// The elements of one side, sorted and without repeats. Immutable, so thread-safe.
class ItemSet {
public:
    explicit ItemSet(std::vector<Item> items);

    std::size_t size() const { return items_.size(); }
    const Item& operator[](std::size_t index) const { return items_[index]; }
    /// The items from `lower` to before `upper`.
    std::span<const Item> Range(std::size_t lower, std::size_t upper) const;
    /// The first index from `from` on whose item is not before the bound.
    std::size_t LowerBound(std::size_t from, const Bound& bound) const;
    /// The sum of the ids as little-endian numbers modulo 2^256 and their count, hashed.
    Fingerprint FingerprintOf(std::size_t lower, std::size_t upper) const;
    /// The shortest bound between the item at `index` and the one before it.
    Bound BoundBefore(std::size_t index) const;

private:
    std::vector<Item> items_;
};

}  // namespace berth::relay::negentropy
