#include "relay-image/storage/hot_query.hpp"

#include <algorithm>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxLists = 2000;  ///< Of authors times kinds; beyond it, those of authors.

std::size_t SizeOf(const std::vector<const HotList*>& lists)
{
    std::size_t size = 0;
    for (const auto* list : lists) size += list->size();
    return size;
}

/// The lists as if they were one, newest first and without repeats.
class Merge {
public:
    Merge(const std::vector<const HotList*>& lists, std::int64_t until)
    {
        for (const auto* list : lists) {
            const Cursor cursor{list->lower_bound({until, nullptr}), list->end()};
            if (cursor.at != cursor.end) heap_.push_back(cursor);
        }
        std::ranges::make_heap(heap_, Later);
    }

    /// The next one; null at the end.
    const HotEvent* Next()
    {
        while (!heap_.empty()) {
            if (heap_.size() > 1) std::ranges::pop_heap(heap_, Later);
            auto& cursor = heap_.back();
            const auto* event = cursor.at->event;
            if (++cursor.at == cursor.end) {
                heap_.pop_back();
            } else if (heap_.size() > 1) {
                std::ranges::push_heap(heap_, Later);
            }
            if (event == last_) continue;
            last_ = event;
            return event;
        }
        return nullptr;
    }

private:
    struct Cursor {
        HotList::const_iterator at, end;
    };
    static bool Later(const Cursor& a, const Cursor& b) { return NewestFirst{}(*b.at, *a.at); }

    std::vector<Cursor> heap_;
    const HotEvent* last_ = nullptr;
};

}  // namespace

HotQuery::HotQuery(const HotEvents& events, const Filter& filter) : events_{events}, filter_{filter}
{
    if (filter.authors) {
        for (const auto& author : *filter.authors) authors_.push_back(BytesOfHex(author));
    }
    for (const auto& condition : filter.tags) {
        auto& tags = tags_.emplace_back();
        for (const auto& value : condition.values) {
            if (const auto* tag = events.WithTag(condition.name, value)) tags.push_back(tag);
        }
        std::ranges::sort(tags);
    }
    for (const auto& key : filter.wraps_for.value_or(std::vector<std::string>{})) {
        if (const auto* tag = events.WithTag('p', key)) wraps_.push_back(tag);
    }
    std::ranges::sort(wraps_);
}

bool HotQuery::HasOneOf(const HotEvent& event, const Tags& tags)
{
    return std::ranges::any_of(event.tags, [&](const auto* tag) {
        return std::binary_search(tags.begin(), tags.end(), tag);
    });
}

bool HotQuery::Matches(const HotEvent& event) const
{
    if (event.created_at < filter_.since || event.created_at > filter_.until) return false;
    if (filter_.kinds && !std::ranges::binary_search(*filter_.kinds, event.kind)) return false;
    if (filter_.authors && !std::ranges::binary_search(authors_, event.pubkey)) return false;
    if (filter_.wraps_for && event.kind == kGiftWrapKind && !HasOneOf(event, wraps_)) return false;
    return std::ranges::all_of(tags_, [&](const auto& tags) { return HasOneOf(event, tags); });
}

HotQuery::Lists HotQuery::ByAuthor() const
{
    Lists lists;
    const bool few = filter_.kinds && authors_.size() * filter_.kinds->size() <= kMaxLists;
    for (const auto& author : authors_) {
        if (!few) {
            if (const auto* list = events_.OfAuthor(author)) lists.push_back(list);
            continue;
        }
        for (const auto kind : *filter_.kinds) {
            const auto* list = events_.OfAuthorAndKind(author, kind);
            if (list) lists.push_back(list);
        }
    }
    return lists;
}

HotQuery::Lists HotQuery::ByKind() const
{
    Lists lists;
    for (const auto kind : *filter_.kinds) {
        if (const auto* list = events_.OfKind(kind)) lists.push_back(list);
    }
    return lists;
}

/// The lists that hold all that can match, and least beside it.
HotQuery::Lists HotQuery::Drivers() const
{
    std::vector<Lists> choices;
    for (const auto& tags : tags_) {
        auto& lists = choices.emplace_back();
        for (const auto* tag : tags) lists.push_back(&tag->list);
    }
    if (filter_.authors) choices.push_back(ByAuthor());
    if (filter_.kinds && !filter_.authors) choices.push_back(ByKind());
    if (choices.empty()) return {events_.All()};
    return *std::ranges::min_element(choices, {}, SizeOf);
}

std::optional<std::vector<const HotEvent*>> HotQuery::Newest(std::size_t limit, std::int64_t since,
                                                             std::int64_t now,
                                                             std::size_t max_steps) const
{
    std::vector<const HotEvent*> found;
    Merge events{Drivers(), filter_.until};
    std::size_t steps = 0;
    while (found.size() < limit) {
        const auto* event = events.Next();
        if (!event || event->created_at < since) return found;
        if (++steps > max_steps) return std::nullopt;
        if (event->expires_at > now && Matches(*event)) found.push_back(event);
    }
    return found;
}

}  // namespace berth::relay
