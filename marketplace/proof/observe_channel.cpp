#include "marketplace/proof/observe_channel.hpp"

#include "marketplace/payments/observation.hpp"

namespace berth::proof {
namespace {

/// `channels/{rail}-{channel_id}` of a customer.
Result<payments::ChannelKey> KeyOf(const queue::Job& job)
{
    constexpr std::string_view kCollection = "channels/";
    const auto dash = job.subject.find('-');
    if (!job.subject.starts_with(kCollection) || dash == std::string::npos) {
        return Fail(ErrorCode::kInternal, "BAD_SUBJECT", "The job's subject is no channel.");
    }
    return payments::ChannelKey{
        .customer_id = job.customer_id,
        .rail = job.subject.substr(kCollection.size(), dash - kCollection.size()),
        .channel_id = job.subject.substr(dash + 1)};
}

}  // namespace

Result<queue::DutyOutcome> ObserveChannel::Run(const queue::Job& job, Deadline deadline)
{
    const auto key = KeyOf(job);
    if (!key) return key.error();
    const auto channel = payments::ObserveChannel(database_, channels_, *key, deadline);
    if (!channel) return channel.error();
    if (channel->status == "closed") return queue::DutyOutcome::Finished();
    return queue::DutyOutcome::Again(channels_.settings().observation_interval);
}

}  // namespace berth::proof
