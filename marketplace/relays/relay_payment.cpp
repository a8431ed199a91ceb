#include "marketplace/relays/relay_payment.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/claims/channel_view.hpp"
#include "marketplace/ledger/books.hpp"
#include "marketplace/payments/channel_store.hpp"
#include "marketplace/payments/price_store.hpp"

namespace berth::relays {
namespace {

using money::Amount;

constexpr std::size_t kHexId = 64;

Error DoesNotGrow()
{
    return Fail(ErrorCode::kConflict, "NOT_INCREASING", "The claim does not grow.");
}

ledger::Owner OwnerOf(const RelayChannelKey& key)
{
    return {.customer_id = key.customer_id, .order_id = key.order_id, .operator_id = ""};
}

/// Makes a locked channel what its chain says, and books what was pushed beyond what was accepted.
void Observe(pqxx::work& tx, RelayChannelRow& channel, const rails::ChannelOnChain& chain, Time now)
{
    if (chain.ledger < channel.observed_ledger) return;
    channel.observed_ledger = chain.ledger;
    channel.capacity = chain.capacity;
    channel.redeemed = std::max(channel.redeemed, chain.redeemed);
    if (channel.redeemed <= channel.accepted) return;
    const auto pushed = channel.redeemed - channel.accepted;
    channel.accepted += pushed;
    channel.credited += pushed;
    ledger::PostRelayClaim(tx, OwnerOf(channel.key),
                           "pushed:" + channel.key.channel_id + ':' + channel.redeemed.ToString(),
                           payments::WorthNow(tx, channel.asset, pushed), now);
}

/// The channel's row, locked; made where this is its first claim.
RelayChannelRow LockOrInsert(pqxx::work& tx, const RelayClaim& claim,
                             const rails::ChannelOnChain& chain, const std::string& network)
{
    InsertRelayChannel(tx, {.key = claim.channel,
                            .network = network,
                            .asset = "xrp",
                            .public_key = chain.public_key,
                            .capacity = chain.capacity,
                            .redeemed = chain.redeemed,
                            .accepted = chain.redeemed,
                            .baseline = chain.redeemed,
                            .observed_ledger = chain.ledger});
    auto channel = LockRelayChannel(tx, claim.channel);
    BERTH_ASSERT(channel);
    return std::move(*channel);
}

/// What the claim credits over what the locked channel has accepted.
Result<Amount> GrowthOf(const RelayClaim& claim, const RelayChannelRow& channel,
                        const rails::ChannelOnChain& chain, const payments::Settings& settings)
{
    const rails::ChannelState state{.capacity = channel.capacity,
                                    .redeemed = channel.redeemed,
                                    .accepted = channel.accepted,
                                    .settle_delay = chain.settle_delay,
                                    .deadline = chain.deadline,
                                    .close_requested = chain.close_requested,
                                    .owner = claim.channel.customer_id};
    const auto growth = rails::CreditOf(claim.cumulative, claim.channel.customer_id, state,
                                        settings.policy, chain.ledger_time);
    if (!growth) return growth.error();
    if (*growth == Amount{} || (channel.nonce > 0 && claim.nonce <= channel.nonce)) {
        return DoesNotGrow();
    }
    return *growth;
}

}  // namespace

v1::VerifyPaymentResponse ToProto(const RelayClaimRow& claim)
{
    v1::VerifyPaymentResponse response;
    response.set_credited(claim.credited.ToString());
    response.set_accepted_before(claim.accepted_before.ToString());
    return response;
}

Result<RelayClaim> ReadRelayClaim(const RelayRow& relay, const v1::VerifyPaymentRequest& request)
{
    if (request.currency() != "XRP") {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_RAIL", "This marketplace takes claims in XRP.");
    }
    const auto key = claims::ReadChannelKey(relay.customer_id, "xrp", request.channel_id());
    if (!key) return key.error();
    const auto cumulative = Amount::Parse(request.cumulative());
    if (!cumulative || *cumulative == Amount{}) {
        return Fail(ErrorCode::kInvalid, "BAD_AMOUNT", "The amount is not one of this rail.");
    }
    if (!IsLowerHex(request.author(), kHexId) || !IsLowerHex(request.event_id(), kHexId)) {
        return Fail(ErrorCode::kInvalid, "BAD_AUTHOR", "The event's author or id is missing.");
    }
    return RelayClaim{.channel = {.customer_id = relay.customer_id,
                                  .order_id = relay.order_id,
                                  .rail = key->rail,
                                  .channel_id = key->channel_id},
                      .cumulative = *cumulative,
                      .nonce = request.nonce(),
                      .signature = request.signature(),
                      .author = request.author(),
                      .event_id = request.event_id()};
}

Result<void> CheckRelayClaim(const RelayClaim& claim, const RelayRow& relay,
                             const rails::ChannelOnChain& chain,
                             const rails::ClaimVerifier& verifier,
                             const payments::Settings& settings)
{
    if (chain.payee != settings.payee) {
        return Fail(ErrorCode::kPrecondition, "WRONG_PAYEE", "The channel pays somebody else.");
    }
    if (!chain.destination_tag || *chain.destination_tag != relay.destination_tag) {
        return Fail(ErrorCode::kPrecondition, "WRONG_DESTINATION_TAG",
                    "The channel's destination tag is not this relay's.");
    }
    return verifier.Verify({.channel_id = claim.channel.channel_id,
                            .cumulative = claim.cumulative,
                            .signature_hex = claim.signature},
                           chain.public_key);
}

Result<v1::VerifyPaymentResponse> BookRelayClaim(pqxx::work& tx, const RelayClaim& claim,
                                                 const rails::ChannelOnChain& chain,
                                                 const payments::Settings& settings)
{
    const auto& key = claim.channel;
    if (!payments::ClaimChannelId(
            tx, {.customer_id = key.customer_id, .rail = key.rail, .channel_id = key.channel_id})) {
        return Fail(ErrorCode::kConflict, "CHANNEL_TAKEN", "The channel is another's.");
    }
    auto channel = LockOrInsert(tx, claim, chain, settings.network);
    if (const auto known = FindRelayClaim(tx, key, claim.cumulative, claim.nonce)) {
        return ToProto(*known);
    }
    const auto now = payments::DatabaseNow(tx);
    Observe(tx, channel, chain, now);
    const auto growth = GrowthOf(claim, channel, chain, settings);
    if (!growth) return growth.error();
    const RelayClaimRow row{.channel = key,
                            .cumulative = claim.cumulative,
                            .nonce = claim.nonce,
                            .credited = *growth,
                            .accepted_before = channel.accepted,
                            .signature = claim.signature,
                            .author = claim.author,
                            .event_id = claim.event_id};
    channel.accepted += *growth;
    channel.credited += *growth;
    channel.nonce = claim.nonce;
    SaveRelayChannel(tx, channel);
    InsertRelayClaim(tx, row);
    ledger::PostRelayClaim(tx, OwnerOf(key), key.channel_id + ':' + claim.cumulative.ToString(),
                           payments::WorthNow(tx, channel.asset, *growth), now);
    return ToProto(row);
}

}  // namespace berth::relays
