#include "relay-image/storage/lmdb_matcher.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/protocol/search.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::string_view kTags = "\"tags\":";

std::vector<std::string> Binaries(const std::optional<std::vector<std::string>>& hexes)
{
    std::vector<std::string> bytes;
    if (!hexes) return bytes;
    bytes.reserve(hexes->size());
    for (const auto& hex : *hexes) bytes.push_back(FromHex(hex).value_or(""));
    return bytes;
}

bool Contains(const std::vector<std::string>& sorted, std::string_view value)
{
    return std::binary_search(sorted.begin(), sorted.end(), value, std::less<>{});
}

std::string Unescaped(std::string_view text)
{
    const auto value = boost::json::parse("\"" + std::string{text} + "\"");
    return std::string{value.as_string()};
}

}  // namespace

LmdbMatcher::LmdbMatcher(const Filter& filter, std::int64_t now)
    : filter_{filter},
      now_{now},
      ids_{Binaries(filter.ids)},
      authors_{Binaries(filter.authors)},
      settled_tag_{kNone},
      looks_into_records_{filter.ids || filter.authors || filter.search || !filter.tags.empty()},
      withheld_kind_{filter.wraps_for ? kGiftWrapKind : -1}
{
}

bool LmdbMatcher::Fits(const LmdbEntry& entry) const
{
    const auto at = entry.created_at();
    return at >= filter_.since && at <= filter_.until &&
           (!filter_.kinds ||
            std::binary_search(filter_.kinds->begin(), filter_.kinds->end(), entry.kind()));
}

bool LmdbMatcher::Fits(const LmdbRecord& record) const
{
    if (record.HasExpired(now_)) return false;
    if (filter_.authors && !Contains(authors_, record.pubkey())) return false;
    if (filter_.ids && !Contains(ids_, record.id())) return false;
    for (std::size_t i = 0; i < filter_.tags.size(); ++i) {
        if (i != settled_tag_ && !HasTag(record.body(), filter_.tags[i])) return false;
    }
    if (record.kind() == withheld_kind_ &&
        !HasTag(record.body(), {.name = 'p', .values = *filter_.wraps_for})) {
        return false;
    }
    return !filter_.search || HoldsWords(record.Event().content, *filter_.search);
}

bool LmdbMatcher::HasTag(std::string_view body, const TagCondition& condition) const
{
    TagScanner tags{body};
    while (tags.Next()) {
        if (tags.letter() == condition.name && Contains(condition.values, tags.value())) {
            return true;
        }
    }
    return false;
}

TagScanner::TagScanner(std::string_view body) : rest_{body.substr(kTags.size())}
{
    SkipSpace();
    rest_.remove_prefix(1);  // The list's bracket.
}

bool TagScanner::Next()
{
    while (true) {
        SkipSpace();
        if (rest_.empty() || rest_.front() == ']') return false;
        const bool is_tag = rest_.front() == '[';
        rest_.remove_prefix(1);  // A tag's bracket, or the comma before it.
        if (is_tag && ReadTag()) return true;
    }
}

bool TagScanner::ReadTag()
{
    std::string_view items[2];
    std::size_t count = 0;
    for (SkipSpace(); !rest_.empty() && rest_.front() != ']'; SkipSpace()) {
        if (rest_.front() != '"') {
            rest_.remove_prefix(1);
            continue;
        }
        const auto text = ReadText();
        if (count < 2) items[count] = text;
        ++count;
    }
    rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
    if (count < 2) return false;
    const bool plain = items[0].find('\\') == std::string_view::npos;
    const auto name = plain ? std::string{items[0]} : Unescaped(items[0]);
    if (name.size() != 1) return false;
    letter_ = name.front();
    const bool escaped = items[1].find('\\') != std::string_view::npos;
    value_ = escaped ? Unescaped(items[1]) : std::string{items[1]};
    return true;
}

std::string_view TagScanner::ReadText()
{
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    const auto text = rest_.substr(1, end - 1);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return text;
}

void TagScanner::SkipSpace()
{
    while (!rest_.empty() && std::string_view{" \t\r\n"}.find(rest_.front()) != rest_.npos) {
        rest_.remove_prefix(1);
    }
}

}  // namespace berth::relay
