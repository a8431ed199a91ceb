#include "relay-image/negentropy/item_set.hpp"

#include <algorithm>

#include <boost/endian/conversion.hpp>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "relay-image/negentropy/wire.hpp"

namespace berth::relay::negentropy {
namespace {

constexpr std::size_t kLimbs = 4;
using Sum = std::array<std::uint64_t, kLimbs>;

void Add(Sum& sum, const Id& id)
{
    bool carry = false;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const auto limb = boost::endian::load_little_u64(id.data() + 8 * i);
        const auto partial = sum[i] + limb;
        const auto total = partial + (carry ? 1 : 0);
        carry = partial < limb || total < partial;
        sum[i] = total;
    }
}

}  // namespace

Id IdOf(std::string_view bytes)
{
    Id id{};
    BERTH_ASSERT(bytes.size() == id.size());
    std::ranges::copy(bytes, id.begin());
    return id;
}

ItemSet::ItemSet(std::vector<Item> items) : items_{std::move(items)}
{
    std::ranges::sort(items_);
    const auto repeats = std::ranges::unique(items_);
    items_.erase(repeats.begin(), repeats.end());
}

std::span<const Item> ItemSet::Range(std::size_t lower, std::size_t upper) const
{
    return std::span{items_}.subspan(lower, upper - lower);
}

std::size_t ItemSet::LowerBound(std::size_t from, const Bound& bound) const
{
    const auto start = items_.begin() + static_cast<std::ptrdiff_t>(from);
    return static_cast<std::size_t>(std::lower_bound(start, items_.end(), bound.item) -
                                    items_.begin());
}

Fingerprint ItemSet::FingerprintOf(std::size_t lower, std::size_t upper) const
{
    Sum sum{};
    for (const auto& item : Range(lower, upper)) Add(sum, item.id);
    std::string text(8 * kLimbs, 0);
    for (std::size_t i = 0; i < kLimbs; ++i) {
        boost::endian::store_little_u64(
            reinterpret_cast<unsigned char*>(text.data()) + 8 * i,  // NOLINT: bytes are bytes.
            sum[i]);
    }
    AppendVarint(text, upper - lower);
    const auto digest = Sha256(text);
    Fingerprint fingerprint{};
    std::copy_n(digest.begin(), fingerprint.size(), fingerprint.begin());
    return fingerprint;
}

Bound ItemSet::BoundBefore(std::size_t index) const
{
    const auto& [timestamp, id] = items_[index];
    const auto& before = items_[index - 1];
    Bound bound{.item = {.timestamp = timestamp, .id = {}}, .prefix = 0};
    if (before.timestamp != timestamp) return bound;
    const auto differs = std::ranges::mismatch(id, before.id).in1 - id.begin();
    bound.prefix = static_cast<std::size_t>(differs) + 1;
    std::copy_n(id.begin(), bound.prefix, bound.item.id.begin());
    return bound;
}

}  // namespace berth::relay::negentropy
