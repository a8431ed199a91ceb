#include "relay-image/payment/local_verifier.hpp"

#include <algorithm>

#include "core/rails/xrp.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kReadingsMax = 10'000;

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kPrecondition, std::move(reason), std::move(message));
}

}  // namespace

Result<void> LocalVerifier::CheckNetwork(Deadline deadline)
{
    const auto network = ledger_.Network(deadline);
    if (!network) return network.error();
    if (*network == options_.network) return {};
    return Fail(ErrorCode::kUnavailable, "WRONG_NETWORK", "the node is of another network");
}

std::optional<rails::ChannelOnChain> LocalVerifier::Remembered(const std::string& channel_id)
{
    const auto now = Steady::now();
    const std::scoped_lock lock{mutex_};
    const auto found = readings_.find(channel_id);
    if (found == readings_.end() || now - found->second.at >= options_.reading_age_max) return {};
    auto channel = found->second.channel;
    channel.ledger_time += std::chrono::ceil<Time::duration>(now - found->second.at);
    return channel;
}

Result<rails::ChannelOnChain> LocalVerifier::Read(const std::string& channel_id, Deadline deadline)
{
    const auto now = Steady::now();
    if (const auto right = CheckNetwork(deadline); !right) return right.error();
    const auto read = ledger_.Read(channel_id, deadline);
    if (!read) return read.error();
    if (!*read) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_CHANNEL", "the ledger has no such channel");
    }
    const std::scoped_lock lock{mutex_};
    if (readings_.size() >= kReadingsMax) readings_.clear();
    readings_.insert_or_assign(channel_id, Reading{.channel = **read, .at = now});
    return **read;
}

Result<void> LocalVerifier::CheckChannel(const rails::ChannelOnChain& channel) const
{
    if (channel.payee != options_.payee) {
        return Refused("WRONG_PAYEE", "the channel pays somebody else");
    }
    if (channel.destination_tag != options_.destination_tag) {
        return Refused("WRONG_DESTINATION_TAG", "the channel's destination tag is another");
    }
    return {};
}

Result<money::Amount> LocalVerifier::Verify(const ClaimToVerify& claim, Deadline deadline)
{
    const auto& tag = claim.tag;
    if (tag.currency != "XRP") {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_CURRENCY", "this relay takes claims in XRP");
    }
    // Before the node is asked: what is no channel id costs it nothing.
    if (const auto shape = rails::XrpClaimMessage(tag.channel_id, tag.cumulative); !shape) {
        return shape.error();
    }
    if (const auto remembered = Remembered(tag.channel_id)) {
        const auto judged = Judge(claim, *remembered);
        // The channel may have been funded since; its key and payee never change.
        if (judged || judged.error().code != ErrorCode::kPrecondition) return judged;
    }
    const auto channel = Read(tag.channel_id, deadline);
    if (!channel) return channel.error();
    return Judge(claim, *channel);
}

Result<money::Amount> LocalVerifier::Judge(const ClaimToVerify& claim,
                                           const rails::ChannelOnChain& channel) const
{
    const auto& tag = claim.tag;
    if (const auto ours = CheckChannel(channel); !ours) return ours.error();
    const rails::Claim signed_claim{
        .channel_id = tag.channel_id, .cumulative = tag.cumulative, .signature_hex = tag.signature};
    if (const auto genuine = signatures_.Verify(signed_claim, channel.public_key); !genuine) {
        return genuine.error();
    }
    const rails::ChannelState state{.capacity = channel.capacity,
                                    .redeemed = channel.redeemed,
                                    .accepted = claim.accepted,
                                    .settle_delay = channel.settle_delay,
                                    .deadline = channel.deadline,
                                    .close_requested = channel.close_requested,
                                    .owner = claim.author};
    const auto credit =
        rails::CreditOf(tag.cumulative, claim.author, state, options_.policy, channel.ledger_time);
    if (!credit) return credit.error();
    return std::max(claim.accepted, channel.redeemed);
}

Result<PaymentTerms> LocalVerifier::Check(Deadline deadline)
{
    if (const auto right = CheckNetwork(deadline); !right) return right.error();
    const auto& tag = options_.destination_tag;
    return PaymentTerms{.network = options_.network,
                        .payee = options_.payee,
                        .destination_tag = tag ? std::to_string(*tag) : "",
                        .min_settle_delay = options_.policy.min_settle_delay.count()};
}

}  // namespace berth::relay
