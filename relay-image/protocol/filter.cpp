#include "relay-image/protocol/filter.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/protocol/search.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr int kMaxKind = 65535;

template <typename T>
void SortUnique(std::vector<T>& values)
{
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <typename T>
bool Contains(const std::vector<T>& sorted, const T& value)
{
    return std::binary_search(sorted.begin(), sorted.end(), value);
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool ReadTexts(const json::value& value, std::vector<std::string>& into)
{
    const auto* list = value.if_array();
    if (!list) return false;
    into.reserve(list->size());
    for (const auto& item : *list) {
        const auto* text = item.if_string();
        if (!text) return false;
        into.emplace_back(text->data(), text->size());
    }
    SortUnique(into);
    return true;
}

bool ReadHexes(const json::value& value, std::optional<std::vector<std::string>>& into)
{
    return ReadTexts(value, into.emplace()) &&
           std::ranges::all_of(*into, [](const auto& text) { return IsLowerHex(text, 64); });
}

bool ReadKinds(const json::value& value, std::optional<std::vector<int>>& into)
{
    const auto* list = value.if_array();
    if (!list) return false;
    auto& kinds = into.emplace();
    for (const auto& item : *list) {
        const auto* kind = item.if_int64();
        if (!kind || *kind < 0 || *kind > kMaxKind) return false;
        kinds.push_back(static_cast<int>(*kind));
    }
    SortUnique(kinds);
    return true;
}

bool ReadCount(const json::value& value, std::int64_t& into)
{
    if (!value.is_int64() || value.get_int64() < 0) return false;
    into = value.get_int64();
    return true;
}

bool ReadTag(char name, const json::value& value, Filter& filter)
{
    auto& condition = filter.tags.emplace_back();
    condition.name = name;
    return ReadTexts(value, condition.values);
}

bool ReadSearch(const json::value& value, Filter& filter)
{
    const auto* text = value.if_string();
    if (!text || text->size() > kMaxSearchBytes) return false;
    auto words = SearchQuery({text->data(), text->size()});
    if (!words.empty()) filter.search = std::move(words);
    return true;
}

/// Nothing if the field is not one of NIP-01's or NIP-50's; else whether its value is sound.
std::optional<bool> ReadField(std::string_view key, const json::value& value, Filter& filter)
{
    if (key == "ids") return ReadHexes(value, filter.ids);
    if (key == "authors") return ReadHexes(value, filter.authors);
    if (key == "kinds") return ReadKinds(value, filter.kinds);
    if (key == "since") return ReadCount(value, filter.since);
    if (key == "until") return ReadCount(value, filter.until);
    if (key == "limit") return ReadCount(value, filter.limit.emplace());
    if (key == "search") return ReadSearch(value, filter);
    if (key.size() == 2 && key[0] == '#' && IsLetter(key[1])) return ReadTag(key[1], value, filter);
    return std::nullopt;
}

bool HasTag(const nostr::Event& event, const TagCondition& condition)
{
    return std::ranges::any_of(event.tags, [&](const nostr::Tag& tag) {
        return tag.size() >= 2 && tag[0].size() == 1 && tag[0][0] == condition.name &&
               Contains(condition.values, tag[1]);
    });
}

bool IsWithheld(const nostr::Event& event, const std::vector<std::string>& readers)
{
    return event.kind == kGiftWrapKind && !HasTag(event, {.name = 'p', .values = readers});
}

}  // namespace

bool Filter::Matches(const nostr::Event& event) const
{
    return event.created_at >= since && event.created_at <= until &&
           (!kinds || Contains(*kinds, event.kind)) &&
           (!authors || Contains(*authors, event.pubkey)) && (!ids || Contains(*ids, event.id)) &&
           std::ranges::all_of(tags,
                               [&](const auto& condition) { return HasTag(event, condition); }) &&
           !(wraps_for && IsWithheld(event, *wraps_for)) &&
           (!search || HoldsWords(event.content, *search));
}

bool Filter::MatchesNothing() const
{
    return (ids && ids->empty()) || (authors && authors->empty()) || (kinds && kinds->empty()) ||
           since > until || (OnlyGiftWraps() && wraps_for && wraps_for->empty()) ||
           std::ranges::any_of(tags, [](const auto& tag) { return tag.values.empty(); });
}

bool Filter::OnlyGiftWraps() const
{
    return kinds && kinds->size() == 1 && kinds->front() == kGiftWrapKind;
}

Result<Filter> ParseFilter(const json::value& value)
{
    const auto* object = value.if_object();
    if (!object) return Fail(ErrorCode::kInvalid, "BAD_FILTER", "A filter is a JSON object.");
    Filter filter;
    for (const auto& [key, field] : *object) {
        const auto sound = ReadField({key.data(), key.size()}, field, filter);
        if (!sound) {
            return Fail(ErrorCode::kInvalid, "UNKNOWN_FILTER_FIELD",
                        "filter contains unknown elements");
        }
        if (!*sound) {
            return Fail(ErrorCode::kInvalid, "BAD_FILTER",
                        "the filter's field \"" + std::string{key} + "\" is malformed");
        }
    }
    return filter;
}

}  // namespace berth::relay
