#include "relay-image/storage/tag_key.hpp"

#include <algorithm>

#include "core/base/digest.hpp"

namespace berth::relay {
namespace {

constexpr std::ptrdiff_t kShortKeyBytes = 16;

}  // namespace

std::string TagKey(char letter, std::string_view value)
{
    std::string key{letter};
    if (value.size() < std::tuple_size_v<Bytes32>) return key.append(value);
    const auto digest = Sha256(value);
    return key.append(digest.begin(), digest.end());
}

std::string ShortKey(std::string_view tag_key)
{
    const auto digest = Sha256(tag_key);
    return {digest.begin(), digest.begin() + kShortKeyBytes};
}

std::string KeyOfTag(char letter, std::string_view value)
{
    return ShortKey(TagKey(letter, value));
}

std::vector<std::string> TagKeysOf(const nostr::Event& event)
{
    std::vector<std::string> keys;
    for (const auto& tag : event.tags) {
        if (tag.size() >= 2 && tag[0].size() == 1) keys.push_back(TagKey(tag[0][0], tag[1]));
    }
    std::ranges::sort(keys);
    const auto repeats = std::ranges::unique(keys);
    keys.erase(repeats.begin(), repeats.end());
    return keys;
}

}  // namespace berth::relay
