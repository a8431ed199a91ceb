#include "tests/integration/relay/random_events.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay::test {
namespace {

const std::vector<int> kKinds{0, 1, 1, 1, 5, 7, 1059, 10002, 30023};
const std::vector<std::string> kWords{"cat", "category", "dog", "Kit", "été"};

std::string Hash(const std::string& text)
{
    const auto digest = Sha256(text);
    return ToHex(std::string{digest.begin(), digest.end()});
}

template <typename T>
void SortUnique(std::vector<T>& values)
{
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

std::string RandomEvents::Author() { return Hash("author" + std::to_string(Below(6))); }

std::string RandomEvents::TagValue()
{
    if (OneIn(3)) return Author();
    return "v" + std::to_string(Below(5));
}

std::vector<nostr::Tag> RandomEvents::Tags()
{
    std::vector<nostr::Tag> tags;
    for (auto n = Below(4); n > 0; --n) tags.push_back({std::string{"ptd"[Below(3)]}, TagValue()});
    if (OneIn(8)) tags.push_back({"expiration", std::to_string(Time() + 20)});
    return tags;
}

EventPtr RandomEvents::Event()
{
    nostr::Event event{.id = Hash(std::to_string(random_())),
                       .pubkey = Author(),
                       .created_at = Time(),
                       .kind = kKinds[Below(kKinds.size())],
                       .tags = Tags(),
                       .content = kWords[Below(kWords.size())] + " " + kWords[Below(5)],
                       .sig = std::string(128, 'a')};
    if (event.kind == 5 && !ids_.empty()) event.tags.push_back({"e", ids_[Below(ids_.size())]});
    if (event.kind == 5) event.tags.push_back({"a", "10002:" + event.pubkey + ":"});
    ids_.push_back(event.id);
    return Admitted(std::move(event));
}

Filter RandomEvents::AFilter()
{
    Filter filter;
    if (OneIn(6) && !ids_.empty()) {
        filter.ids.emplace();
        for (int i = 0; i < 5; ++i) filter.ids->push_back(ids_[Below(ids_.size())]);
        SortUnique(*filter.ids);
    }
    if (OneIn(3)) {
        filter.authors = {Author(), Author()};
        SortUnique(*filter.authors);
    }
    if (OneIn(3)) {
        filter.kinds = {kKinds[Below(kKinds.size())], kKinds[Below(kKinds.size())]};
        SortUnique(*filter.kinds);
    }
    for (auto n = OneIn(2) ? 1 + Below(2) : 0; n > 0; --n) {
        auto& tag = filter.tags.emplace_back();
        tag.name = "ptd"[Below(3)];
        tag.values = {TagValue(), TagValue()};
        SortUnique(tag.values);
    }
    if (OneIn(3)) filter.since = Time();
    if (OneIn(3)) filter.until = Time();
    if (OneIn(4)) filter.wraps_for = {Author()};
    if (OneIn(8)) filter.search = OneIn(2) ? "cat" : "kit";
    return filter;
}

}  // namespace berth::relay::test
