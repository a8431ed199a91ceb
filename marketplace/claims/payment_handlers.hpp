#pragma once

#include "berth/v1/payment_service.pb.h"
#include "core/rails/claim.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/call/feed.hpp"
#include "marketplace/claims/claim_intake.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/payments/fresh_channels.hpp"

namespace berth::claims {

/// What the handlers work with; all of it outlives them.
struct Parts {
    db::Database& database;
    payments::FreshChannels& channels;
    const rails::ClaimVerifier& verifier;
    ClaimIntake& intake;
};

/// PaymentService, whatever the transport. Thread-safe; blocks for queries and for the chain's
/// answer. Errors: those that proto/berth/v1/payment_service.proto names, and those of Database.
class PaymentHandlers {
public:
    explicit PaymentHandlers(Parts parts) : parts_{parts} {}

    Result<v1::RegisterChannelResponse> RegisterChannel(const call::Call& call,
                                                        const v1::RegisterChannelRequest& request);
    /// Answers on this thread when the claim is refused before it is committed.
    void SubmitClaim(const call::Call& call, const v1::SubmitClaimRequest& request,
                     call::Answer<v1::SubmitClaimResponse> answer);
    Result<v1::CreateInvoiceResponse> CreateInvoice(const call::Call& call,
                                                    const v1::CreateInvoiceRequest& request);
    Result<v1::GetChannelResponse> GetChannel(const call::Call& call,
                                              const v1::GetChannelRequest& request);
    Result<v1::ListClaimsResponse> ListClaims(const call::Call& call,
                                              const v1::ListClaimsRequest& request);
    call::Opened<v1::WatchBalanceResponse> WatchBalance(const call::Call& call,
                                                        const v1::WatchBalanceRequest& request);

private:
    Result<std::optional<std::string>> Answered(const nostr::Event& event);
    Result<VerifiedClaim> Verify(const call::Call& call, nostr::Event event);
    Result<v1::SubmitClaimResponse> Rehearse(const VerifiedClaim& claim);
    const payments::Settings& settings() const { return parts_.channels.settings(); }

    Parts parts_;
};

}  // namespace berth::claims
