#include "relay-image/protocol/visibility.hpp"

#include <algorithm>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

bool MayMatchGiftWraps(const Filter& filter)
{
    return !filter.kinds || std::ranges::binary_search(*filter.kinds, kGiftWrapKind);
}

}  // namespace

std::string NarrowToReader(std::vector<Filter>& filters, const std::set<std::string>& keys)
{
    for (auto& filter : filters) {
        if (MayMatchGiftWraps(filter)) filter.wraps_for.emplace(keys.begin(), keys.end());
    }
    if (keys.empty() && std::ranges::all_of(filters, &Filter::OnlyGiftWraps)) {
        return "auth-required: gift wraps go to those they are addressed to";
    }
    return {};
}

}  // namespace berth::relay
