#include "relay-image/fanout/delivered_ids.hpp"

#include <utility>

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

/// Half the room of the hex.
std::string BytesOf(std::string_view id) { return FromHex(id).value_or(std::string{id}); }

}  // namespace

bool DeliveredIds::Take(std::string_view id)
{
    auto bytes = BytesOf(id);
    const std::scoped_lock lock{mutex_};
    if (HoldsLocked(bytes)) return false;
    if (recent_.size() == most_) older_ = std::exchange(recent_, {});
    recent_.insert(std::move(bytes));
    return true;
}

bool DeliveredIds::Holds(std::string_view id) const
{
    const auto bytes = BytesOf(id);
    const std::scoped_lock lock{mutex_};
    return HoldsLocked(bytes);
}

bool DeliveredIds::HoldsLocked(const std::string& bytes) const
{
    return recent_.contains(bytes) || older_.contains(bytes);
}

}  // namespace berth::relay
