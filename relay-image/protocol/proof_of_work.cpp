#include "relay-image/protocol/proof_of_work.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

/// The target of the first nonce tag; 0 if it names none.
int CommittedTarget(const nostr::Event& event)
{
    const auto nonce = std::ranges::find_if(
        event.tags, [](const auto& tag) { return tag.size() >= 3 && tag[0] == "nonce"; });
    int target = 0;
    if (nonce == event.tags.end() || !IsPlainDecimal((*nonce)[2])) return 0;
    const auto& text = (*nonce)[2];
    const auto read = std::from_chars(text.data(), text.data() + text.size(), target);
    return read.ec == std::errc{} ? target : 0;
}

}  // namespace

int DifficultyOf(std::string_view id)
{
    int bits = 0;
    for (const char digit : id) {
        if (digit == '0') {
            bits += 4;
            continue;
        }
        return bits + (digit == '1' ? 3 : digit < '4' ? 2 : digit < '8' ? 1 : 0);
    }
    return bits;
}

std::string WhyTooLittleWork(const nostr::Event& event, std::int64_t least)
{
    if (least <= 0) return {};
    const auto wanted = std::to_string(least);
    if (const int shown = DifficultyOf(event.id); shown < least) {
        return "pow: difficulty " + std::to_string(shown) + " is less than " + wanted;
    }
    if (const int target = CommittedTarget(event); target < least) {
        return "pow: the nonce tag commits to " + std::to_string(target) + ", less than " + wanted;
    }
    return {};
}

}  // namespace berth::relay
