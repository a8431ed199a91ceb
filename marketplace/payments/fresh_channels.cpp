#include "marketplace/payments/fresh_channels.hpp"

namespace berth::payments {
namespace {

constexpr std::size_t kKeptMax = 10'000;

}  // namespace

Result<FreshChannels::Reading> FreshChannels::Get(const std::string& channel_id, Deadline deadline)
{
    {
        const std::scoped_lock lock{mutex_};
        const auto found = kept_.find(channel_id);
        if (found != kept_.end()) {
            const auto age = Deadline::Steady::now() - found->second.at;
            if (age < settings_.observation_age_max) {
                auto channel = found->second.channel;
                channel.ledger_time += std::chrono::ceil<Time::duration>(age);
                return Reading{std::move(channel)};
            }
        }
    }
    return Read(channel_id, deadline);
}

Result<FreshChannels::Reading> FreshChannels::Read(const std::string& channel_id, Deadline deadline)
{
    const auto asked_at = Deadline::Steady::now();
    const auto network = ledger_.Network(deadline);
    if (!network) return network.error();
    if (*network != settings_.network) {
        return Fail(ErrorCode::kPrecondition, "WRONG_NETWORK", "The ledger is of another network.");
    }
    auto reading = ledger_.Read(channel_id, deadline);
    if (!reading || !*reading) return reading;
    const std::scoped_lock lock{mutex_};
    if (kept_.size() >= kKeptMax) kept_.clear();
    kept_.insert_or_assign(channel_id, Kept{.channel = **reading, .at = asked_at});
    return reading;
}

}  // namespace berth::payments
