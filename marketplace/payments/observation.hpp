#pragma once

#include <optional>

#include <pqxx/pqxx>

#include "core/rails/channel_ledger.hpp"
#include "core/rails/claim.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/payments/channel_store.hpp"
#include "marketplace/payments/fresh_channels.hpp"

namespace berth::payments {

/// Makes a channel what its chain says: capacity, redeemed, deadline, status. What the payer pushed
/// beyond what was accepted is unapplied credit: returns it. A reading that is older than the
/// channel's own changes nothing. Pure.
money::Amount Observe(ChannelRow& channel, const std::optional<rails::ChannelOnChain>& chain,
                      const rails::ClaimPolicy& policy);

/// Observes a locked channel, saves it and books what was pushed.
void RecordObservation(pqxx::work& tx, ChannelRow& channel,
                       const std::optional<rails::ChannelOnChain>& chain,
                       const rails::ClaimPolicy& policy);

/// A channel as the claim policy looks at it.
rails::ChannelState StateOf(const ChannelRow& channel);

/// The job `observe_channel`: reads the chain, then records what it says. Returns the channel.
/// Errors: those of FreshChannels and Database; kNotFound `UNKNOWN_CHANNEL`.
Result<ChannelRow> ObserveChannel(db::Database& database, FreshChannels& channels,
                                  const ChannelKey& key, Deadline deadline);

}  // namespace berth::payments
