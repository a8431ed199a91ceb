#include "relay-image/session/interest_index.hpp"

#include <algorithm>

#include "relay-image/session/subscription.hpp"

namespace berth::relay {
namespace {

// Not letters, as those of tags are.
constexpr char kId = '0';
constexpr char kAuthor = '1';

std::string KeyOf(char what, std::string_view value) { return what + std::string{value}; }

const TagCondition* NarrowestTag(const Filter& filter)
{
    const auto narrowest = std::ranges::min_element(
        filter.tags, {}, [](const auto& condition) { return condition.values.size(); });
    return narrowest == filter.tags.end() ? nullptr : &*narrowest;
}

void EraseOne(std::vector<Listener>& listeners, const Listener& listener)
{
    const auto found = std::ranges::find(listeners, listener);
    if (found == listeners.end()) return;
    *found = listeners.back();
    listeners.pop_back();
}

}  // namespace

template <typename Use>
void InterestIndex::ForEachList(const Filter& filter, Use use)
{
    const auto use_values = [&](char what, const std::vector<std::string>& values) {
        for (const auto& value : values) {
            const auto place = by_value_.try_emplace(KeyOf(what, value)).first;
            use(place->second);
            if (place->second.empty()) by_value_.erase(place);
        }
    };
    if (filter.ids) return use_values(kId, *filter.ids);
    if (const auto* tag = NarrowestTag(filter)) return use_values(tag->name, tag->values);
    if (filter.authors) return use_values(kAuthor, *filter.authors);
    if (!filter.kinds) return use(of_all_);
    for (const auto kind : *filter.kinds) {
        const auto place = by_kind_.try_emplace(kind).first;
        use(place->second);
        if (place->second.empty()) by_kind_.erase(place);
    }
}

void InterestIndex::Add(const Listener& listener)
{
    for (const auto& filter : listener.subscription->filters) {
        ForEachList(filter, [&](Listeners& listeners) { listeners.push_back(listener); });
    }
}

void InterestIndex::Remove(const Listener& listener)
{
    for (const auto& filter : listener.subscription->filters) {
        ForEachList(filter, [&](Listeners& listeners) { EraseOne(listeners, listener); });
    }
}

void InterestIndex::Append(const std::string& key, Listeners& to) const
{
    const auto found = by_value_.find(key);
    if (found != by_value_.end()) to.insert(to.end(), found->second.begin(), found->second.end());
}

std::vector<Listener> InterestIndex::Candidates(const nostr::Event& event) const
{
    auto candidates = of_all_;
    Append(KeyOf(kId, event.id), candidates);
    Append(KeyOf(kAuthor, event.pubkey), candidates);
    for (const auto& tag : event.tags) {
        if (tag.size() >= 2 && tag[0].size() == 1) Append(KeyOf(tag[0][0], tag[1]), candidates);
    }
    const auto of_kind = by_kind_.find(event.kind);
    if (of_kind != by_kind_.end()) {
        candidates.insert(candidates.end(), of_kind->second.begin(), of_kind->second.end());
    }
    return candidates;
}

}  // namespace berth::relay
