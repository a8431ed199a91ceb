#include "core/rails/claim.hpp"

#include <algorithm>

namespace berth::rails {
namespace {

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kPrecondition, std::move(reason), std::move(message));
}

/// Whether the channel is one that may be credited at all, whatever the claim says.
Result<void> CheckChannel(const ChannelState& channel, const ClaimPolicy& policy, Time ledger_time)
{
    if (channel.closed) return Refused("CHANNEL_CLOSED", "The channel is closed.");
    if (channel.deadline && ledger_time >= *channel.deadline) {
        return Refused("CHANNEL_EXPIRED", "The channel has expired on the ledger.");
    }
    if (channel.close_requested ||
        (channel.deadline && *channel.deadline - ledger_time < policy.redeem_window)) {
        return Refused("CHANNEL_CLOSING", "The channel is too near to its end to be credited.");
    }
    if (channel.settle_delay < policy.min_settle_delay) {
        return Refused("SETTLE_DELAY_TOO_SHORT", "The channel could be closed before we redeem.");
    }
    return {};
}

}  // namespace

Result<money::Amount> CreditOf(money::Amount cumulative, std::string_view customer,
                               const ChannelState& channel, const ClaimPolicy& policy,
                               Time ledger_time)
{
    if (cumulative <= money::Amount{} || cumulative > policy.max_cumulative) {
        return Fail(ErrorCode::kInvalid, "BAD_AMOUNT", "The amount is not one of this rail.");
    }
    if (customer != channel.owner) {
        return Fail(ErrorCode::kForbidden, "NOT_OWNER", "The channel belongs to someone else.");
    }
    if (const auto usable = CheckChannel(channel, policy, ledger_time); !usable) {
        return usable.error();
    }
    const auto floor = std::max(channel.accepted, channel.redeemed);
    if (cumulative == channel.accepted && cumulative == floor) return money::Amount{};
    if (cumulative <= floor) {
        return Fail(ErrorCode::kConflict, "NOT_INCREASING", "The claim does not grow.");
    }
    if (cumulative > channel.capacity) {
        return Refused("OVER_CAPACITY", "The claim is above what the channel holds.");
    }
    const auto growth = cumulative - floor;
    if (growth < policy.min_growth) {
        return Fail(ErrorCode::kInvalid, "DUST", "The claim grows by less than the minimum.");
    }
    return growth;
}

}  // namespace berth::rails
