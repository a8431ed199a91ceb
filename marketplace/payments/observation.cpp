#include "marketplace/payments/observation.hpp"

#include <algorithm>

#include "marketplace/db/listener.hpp"
#include "marketplace/payments/price_store.hpp"

namespace berth::payments {
namespace {

std::string StatusOf(const rails::ChannelOnChain& chain, const rails::ClaimPolicy& policy)
{
    if (chain.deadline && chain.ledger_time >= *chain.deadline) return "closed";
    const bool ends_soon =
        chain.deadline && *chain.deadline - chain.ledger_time < policy.redeem_window;
    return chain.close_requested || ends_soon ? "closing" : "open";
}

Error UnknownChannel()
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_CHANNEL", "The caller has no such channel.");
}

}  // namespace

money::Amount Observe(ChannelRow& channel, const std::optional<rails::ChannelOnChain>& chain,
                      const rails::ClaimPolicy& policy)
{
    if (!chain) {
        channel.status = "closed";
        return {};
    }
    if (chain->ledger < channel.observed_ledger) return {};
    channel.observed_ledger = chain->ledger;
    channel.capacity = chain->capacity;
    channel.settle_delay = chain->settle_delay;
    channel.deadline = chain->deadline;
    channel.status = StatusOf(*chain, policy);
    channel.redeemed = std::max(channel.redeemed, chain->redeemed);
    if (channel.redeemed <= channel.accepted) return {};
    const auto pushed = channel.redeemed - channel.accepted;
    channel.accepted += pushed;
    channel.unapplied += pushed;
    return pushed;
}

void RecordObservation(pqxx::work& tx, ChannelRow& channel,
                       const std::optional<rails::ChannelOnChain>& chain,
                       const rails::ClaimPolicy& policy)
{
    const auto pushed = Observe(channel, chain, policy);
    SaveChannel(tx, channel);
    if (pushed == money::Amount{}) return;
    const auto what = "pushed:" + channel.key.rail + '-' + channel.key.channel_id + ':' +
                      channel.redeemed.ToString();
    ledger::PostClaimCredit(
        tx, {.customer_id = channel.key.customer_id, .order_id = "", .operator_id = ""}, what,
        WorthNow(tx, channel.asset, pushed), DatabaseNow(tx));
    db::Notify(tx, "balance/" + channel.key.customer_id);
}

rails::ChannelState StateOf(const ChannelRow& channel)
{
    return {.capacity = channel.capacity,
            .redeemed = channel.redeemed,
            .accepted = channel.accepted,
            .settle_delay = channel.settle_delay,
            .deadline = channel.deadline,
            .close_requested = channel.status == "closing",
            .closed = channel.status == "closed",
            .owner = channel.key.customer_id};
}

Result<ChannelRow> ObserveChannel(db::Database& database, FreshChannels& channels,
                                  const ChannelKey& key, Deadline deadline)
{
    const auto chain = channels.Read(key.channel_id, deadline);
    if (!chain) return chain.error();
    return database.Transact<ChannelRow>([&](pqxx::work& tx) -> Result<ChannelRow> {
        auto channel = LockChannel(tx, key);
        if (!channel) return UnknownChannel();
        RecordObservation(tx, *channel, *chain, channels.settings().policy);
        return *channel;
    });
}

}  // namespace berth::payments
