#pragma once

#include <string>

#include <pqxx/pqxx>

#include "berth/v1/payment_service.pb.h"
#include "core/money/amount.hpp"
#include "core/nostr/event.hpp"
#include "core/rails/claim.hpp"
#include "marketplace/payments/fresh_channels.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::claims {

/// A claim whose event and rail signature were verified, with a fresh reading of its channel.
struct VerifiedClaim {
    nostr::Event event;
    payments::ChannelKey channel;
    money::Amount cumulative{};
    std::string signature;
    std::string order_id;  ///< Empty when it names none.
    payments::FreshChannels::Reading chain;
};

/// Books a claim: credit by its growth, and, where it names an order that awaits payment, whose
/// quote has not expired and whose due the unapplied credit covers, the hold and the move to
/// QUEUED. Locks the channel, then the order. An event that was accepted before gets its stored
/// answer. Errors: those of rails::CreditOf; kNotFound `UNKNOWN_CHANNEL`, `UNKNOWN_ORDER`. After an
/// Error other than kInternal nothing but the channel's observation was written; after kInternal
/// the transaction must be rolled back.
Result<v1::SubmitClaimResponse> BookClaim(pqxx::work& tx, const VerifiedClaim& claim,
                                          const rails::ClaimPolicy& policy);

}  // namespace berth::claims
