#pragma once

#include <string>

#include "berth/v1/relay_service.pb.h"
#include "core/nostr/event.hpp"
#include "core/rails/claim.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/payments/fresh_channels.hpp"
#include "marketplace/relays/relay_payment.hpp"
#include "marketplace/relays/relay_store.hpp"

namespace berth::relays {

/// What the handlers work with; all of it outlives them.
struct Parts {
    db::Database& database;
    payments::FreshChannels& channels;
    const rails::ClaimVerifier& verifier;
};

/// The text whose SHA-256 a relay's key signs to be bound to an order.
std::string RelayProofText(const std::string& marketplace, const std::string& customer,
                           const std::string& order_id);

/// RelayService, whatever the transport. Thread-safe; blocks for queries and for the chain's
/// answer. Errors: those that proto/berth/v1/relay_service.proto names, and those of Database.
class RelayHandlers {
public:
    explicit RelayHandlers(Parts parts) : parts_{parts} {}

    Result<v1::RegisterRelayResponse> RegisterRelay(const call::Call& call,
                                                    const v1::RegisterRelayRequest& request);
    Result<v1::GetRelayResponse> GetRelay(const call::Call& call,
                                          const v1::GetRelayRequest& request);
    Result<v1::VerifyPaymentResponse> VerifyPayment(const call::Call& call,
                                                    const v1::VerifyPaymentRequest& request);
    Result<v1::ReportRevenueResponse> ReportRevenue(const call::Call& call,
                                                    const v1::ReportRevenueRequest& request);

private:
    const payments::Settings& settings() const { return parts_.channels.settings(); }
    Result<v1::RegisterRelayResponse> Bind(pqxx::work& tx, const nostr::Event& event,
                                           const v1::RelayTerms& terms) const;
    Result<std::int64_t> DrawTag(pqxx::work& tx, const std::string& order_id) const;
    Result<RelayRow> RelayOf(const call::Call& call);
    Result<v1::VerifyPaymentResponse> Judge(const RelayRow& relay, const RelayClaim& claim,
                                            const payments::FreshChannels::Reading& chain);
    v1::Relay ToProto(pqxx::transaction_base& tx, const RelayRow& relay) const;

    Parts parts_;
};

}  // namespace berth::relays
