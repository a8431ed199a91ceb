#pragma once

#include <string>

#include <pqxx/pqxx>

#include "berth/v1/relay_service.pb.h"
#include "core/rails/channel_ledger.hpp"
#include "core/rails/claim.hpp"
#include "marketplace/payments/settings.hpp"
#include "marketplace/relays/relay_channel_store.hpp"

namespace berth::relays {

/// A claim that a relay's user brought, read but not judged.
struct RelayClaim {
    RelayChannelKey channel;
    money::Amount cumulative{};
    std::uint64_t nonce = 0;
    std::string signature{};
    std::string author{};
    std::string event_id{};
};

/// Reads the request of a relay. Errors: kInvalid `UNKNOWN_RAIL`, `BAD_CHANNEL_ID`, `BAD_AMOUNT`,
/// `BAD_AUTHOR`.
Result<RelayClaim> ReadRelayClaim(const RelayRow& relay, const v1::VerifyPaymentRequest& request);

/// Whether a channel pays this marketplace with the relay's tag, and its key signed the claim.
/// Errors: kPrecondition `WRONG_PAYEE`, `WRONG_DESTINATION_TAG`; those of ClaimVerifier.
Result<void> CheckRelayClaim(const RelayClaim& claim, const RelayRow& relay,
                             const rails::ChannelOnChain& chain,
                             const rails::ClaimVerifier& verifier,
                             const payments::Settings& settings);

/// Books a checked claim: its growth is payable to the relay's owner. What a payer pushed on chain
/// by himself is his relay's too, but no claim's growth. An accepted claim gets the answer that it
/// got. Locks the channel. Errors: kConflict `NOT_INCREASING`, `CHANNEL_TAKEN`; those of
/// rails::CreditOf.
Result<v1::VerifyPaymentResponse> BookRelayClaim(pqxx::work& tx, const RelayClaim& claim,
                                                 const rails::ChannelOnChain& chain,
                                                 const payments::Settings& settings);

/// The answer of an accepted claim.
v1::VerifyPaymentResponse ToProto(const RelayClaimRow& claim);

}  // namespace berth::relays
