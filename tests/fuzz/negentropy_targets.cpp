#include "tests/fuzz/negentropy_targets.hpp"

#include <algorithm>
#include <set>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "relay-image/negentropy/reconciliation.hpp"

namespace berth::relay::fuzz {
namespace {

using negentropy::Differences;
using negentropy::Id;
using negentropy::Item;
using negentropy::ItemSet;
using negentropy::kLeastFrameBytes;
using negentropy::Reconciliation;

constexpr std::size_t kSomeItems = 300;
constexpr int kMostMessages = 1000;
constexpr int kTheyOnly = 0, kWeOnly = 1;  ///< Who has an event; else both have it.

Item ItemOf(std::uint64_t timestamp, std::uint8_t first, std::uint8_t last)
{
    Item item{.timestamp = timestamp, .id = {}};
    item.id.front() = first;
    item.id.back() = last;
    return item;
}

/// An event by three bytes, its time and the first of its id among them. The rest of the id is a
/// digest, as ids are: sums of numbers of one's choice would agree where sets do not.
Item EventOf(std::string_view bytes)
{
    Item item{.timestamp = static_cast<std::uint8_t>(bytes[0]), .id = {}};
    std::ranges::copy(Sha256(bytes), item.id.begin());
    item.id.front() = static_cast<std::uint8_t>(bytes[1]);
    return item;
}

/// Sparse and dense times, ids that differ at their beginning and at their end.
std::vector<Item> SomeItems()
{
    std::vector<Item> items;
    for (std::size_t i = 0; i < kSomeItems; ++i) {
        const auto byte = static_cast<std::uint8_t>(i);
        items.push_back(i % 3 == 0 ? ItemOf(i * i, byte, 1) : ItemOf(i / 50, 7, byte));
    }
    return items;
}

const Reconciliation& Some()
{
    static const Reconciliation some{ItemSet{SomeItems()}, kLeastFrameBytes};
    return some;
}

bool IsOurs(const Id& id)
{
    static const auto items = SomeItems();
    return std::ranges::count(items, id, &Item::id) != 0;
}

}  // namespace

void AnswerSync(std::string_view bytes)
{
    const auto answer = Some().Answer(bytes);
    if (!answer) {
        BERTH_ASSERT(answer.error().reason == "BAD_NEGENTROPY");
        return;
    }
    BERTH_ASSERT(!answer->empty() && answer->size() <= kLeastFrameBytes);
    Differences found;
    BERTH_ASSERT(Reconciliation{ItemSet{{}}}.Continue(*answer, found));
    for (const auto& id : found.need) BERTH_ASSERT(IsOurs(id));
}

void ContinueSync(std::string_view bytes)
{
    Differences found;
    const auto next = Some().Continue(bytes, found);
    for (const auto& id : found.have) BERTH_ASSERT(IsOurs(id));
    for (const auto& id : found.need) {
        const std::string text{id.begin(), id.end()};
        BERTH_ASSERT(bytes.find(text) != std::string_view::npos);
    }
    if (!next || next->empty()) return;
    BERTH_ASSERT(next->size() <= kLeastFrameBytes);
    BERTH_ASSERT(Some().Answer(*next));
}

void ReconcileSets(std::string_view bytes)
{
    std::vector<Item> ours, theirs;
    std::vector<Id> only_ours, only_theirs;
    std::set<Id> known;
    for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
        const auto item = EventOf(bytes.substr(0, 3));
        if (!known.insert(item.id).second) continue;  // It was there before.
        const auto owner = static_cast<std::uint8_t>(bytes[3]) % 8;
        if (owner != kTheyOnly) ours.push_back(item);
        if (owner != kWeOnly) theirs.push_back(item);
        if (owner == kWeOnly) only_ours.push_back(item.id);
        if (owner == kTheyOnly) only_theirs.push_back(item.id);
    }
    std::ranges::sort(only_ours);
    std::ranges::sort(only_theirs);
    const Reconciliation we{ItemSet{ours}, kLeastFrameBytes};
    const Reconciliation they{ItemSet{theirs}, kLeastFrameBytes};
    Differences found;
    auto message = we.Begin();
    for (int i = 0; !message.empty(); ++i) {
        BERTH_ASSERT(i < kMostMessages && message.size() <= kLeastFrameBytes);
        message = we.Continue(they.Answer(message).value(), found).value();
    }
    std::ranges::sort(found.have);
    std::ranges::sort(found.need);
    BERTH_ASSERT(found.have == only_ours && found.need == only_theirs);
}

}  // namespace berth::relay::fuzz
