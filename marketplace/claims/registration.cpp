#include "marketplace/claims/registration.hpp"

#include "core/rails/xrp.hpp"
#include "marketplace/claims/channel_view.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/payments/observation.hpp"
#include "marketplace/queue/jobs.hpp"

namespace berth::claims {
namespace {

using payments::ChannelRow;
using rails::ChannelOnChain;

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kPrecondition, std::move(reason), std::move(message));
}

Result<void> CheckPayee(const ChannelOnChain& chain, const payments::Settings& settings)
{
    if (chain.payee != settings.payee) {
        return Refused("WRONG_PAYEE", "The channel pays somebody else.");
    }
    if (chain.destination_tag != settings.destination_tag) {
        return Refused("WRONG_DESTINATION_TAG", "The channel's destination tag is not ours.");
    }
    return {};
}

Result<void> CheckEnd(const ChannelOnChain& chain, const rails::ClaimPolicy& policy)
{
    if (chain.settle_delay < policy.min_settle_delay) {
        return Refused("SETTLE_DELAY_TOO_SHORT", "The channel could be closed before we redeem.");
    }
    if (chain.deadline && chain.ledger_time >= *chain.deadline) {
        return Refused("CHANNEL_EXPIRED", "The channel has expired on the ledger.");
    }
    if (chain.close_requested ||
        (chain.deadline && *chain.deadline - chain.ledger_time < policy.redeem_window)) {
        return Refused("CHANNEL_CLOSING", "The channel is too near to its end to be used.");
    }
    if (chain.capacity <= chain.redeemed) {
        return Refused("CHANNEL_EMPTY", "The channel has paid out all that it holds.");
    }
    return {};
}

/// The first job of the channel: to be observed, from then on for as long as it is open.
void WatchChannel(pqxx::work& tx, const payments::ChannelKey& key, const std::string& trace)
{
    queue::Enqueue(tx,
                   {.operator_id = "marketplace",
                    .subject = NameOf(key),
                    .customer_id = key.customer_id,
                    .order_id = "",
                    .kind = "observe_channel",
                    .step = "observe"},
                   trace);
}

}  // namespace

std::string ChannelProofText(const std::string& marketplace, const std::string& customer,
                             const std::string& channel_id)
{
    return "berth-channel:1:" + marketplace + ':' + customer + ':' + channel_id;
}

Result<ChannelRow> CheckRegistration(const payments::ChannelKey& key, const v1::ChannelTerms& terms,
                                     const payments::FreshChannels::Reading& chain,
                                     const payments::Settings& settings)
{
    if (!chain) {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_CHANNEL", "The ledger has no such channel.");
    }
    const auto text = ChannelProofText(settings.marketplace, key.customer_id, terms.channel_id());
    if (!rails::VerifyXrpSignature(text, terms.proof(), chain->public_key)) {
        return Fail(ErrorCode::kInvalid, "BAD_CHANNEL_PROOF",
                    "The channel's key has not signed that the channel is the caller's.");
    }
    if (const auto payee = CheckPayee(*chain, settings); !payee) return payee.error();
    if (const auto end = CheckEnd(*chain, settings.policy); !end) return end.error();
    return ChannelRow{.key = key,
                      .network = settings.network,
                      .asset = "xrp",
                      .public_key = chain->public_key,
                      .capacity = chain->capacity,
                      .redeemed = chain->redeemed,
                      .accepted = chain->redeemed,
                      .baseline = chain->redeemed,
                      .settle_delay = chain->settle_delay,
                      .deadline = chain->deadline,
                      .observed_ledger = chain->ledger};
}

Result<v1::RegisterChannelResponse> StoreRegistration(pqxx::work& tx, const nostr::Event& event,
                                                      const ChannelRow& channel,
                                                      const std::string& trace)
{
    v1::RegisterChannelResponse response;
    if (!payments::ClaimChannelId(tx, channel.key)) {
        return Fail(ErrorCode::kConflict, "CHANNEL_TAKEN", "The channel is registered by another.");
    }
    KeepCustomer(tx, event.pubkey);
    if (payments::InsertChannel(tx, channel)) WatchChannel(tx, channel.key, trace);
    const auto kept = payments::LockChannel(tx, channel.key);
    *response.mutable_channel() = ToProto(*kept);
    if (KeepAnswer(tx, event, response.SerializeAsString())) return response;
    response.ParseFromString(*FindAnswer(tx, event.pubkey, event.id));
    return response;
}

}  // namespace berth::claims
