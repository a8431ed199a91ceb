#pragma once

#include <string>

#include <pqxx/pqxx>

#include "berth/v1/payment_service.pb.h"
#include "core/nostr/event.hpp"
#include "marketplace/payments/channel_store.hpp"
#include "marketplace/payments/fresh_channels.hpp"

namespace berth::claims {

/// The text that a channel's key signs to prove whose channel it is.
std::string ChannelProofText(const std::string& marketplace, const std::string& customer,
                             const std::string& channel_id);

/// Checks a channel, as its chain holds it, against what we take and against its proof. `terms`
/// says the channel's id as it stands in the proof. Pure. Returns the row to be.
/// Errors: kNotFound `UNKNOWN_CHANNEL`; kPrecondition `WRONG_PAYEE`, `WRONG_DESTINATION_TAG`,
/// `SETTLE_DELAY_TOO_SHORT`, `CHANNEL_EXPIRED`, `CHANNEL_CLOSING`, `CHANNEL_EMPTY`; kInvalid
/// `BAD_CHANNEL_PROOF`.
Result<payments::ChannelRow> CheckRegistration(const payments::ChannelKey& key,
                                               const v1::ChannelTerms& terms,
                                               const payments::FreshChannels::Reading& chain,
                                               const payments::Settings& settings);

/// Stores a checked channel for its customer, with its first job and the event's answer.
/// Errors: kConflict `CHANNEL_TAKEN`.
Result<v1::RegisterChannelResponse> StoreRegistration(pqxx::work& tx, const nostr::Event& event,
                                                      const payments::ChannelRow& channel,
                                                      const std::string& trace);

}  // namespace berth::claims
