#pragma once

#include <string>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::ledger {

/// Whose books an entry belongs to.
struct Owner {
    std::string customer_id;
    std::string order_id;
    std::string operator_id;
};

/// What a hold is worth: the rail's units and the dollars that they were priced at.
struct Worth {
    std::string asset;
    money::Amount amount;
    std::int64_t usd_micros = 0;
    std::string snapshot_id;
};

/// Terms of a service for recognition.
struct ServicePrice {
    std::int64_t setup_usd_micros = 0;
    std::int64_t monthly_usd_micros = 0;  ///< For 2,592,000 s.
    std::int64_t marketplace_fee_bps = 0;
};

/// A reading of a lease that the marketplace has made itself.
struct LeaseCost {
    std::string asset;        ///< `uact`.
    money::Amount rate_e18;   ///< Per block.
    std::int64_t height = 0;  ///< Accrue up to this height.
    std::string snapshot_id;
    money::Amount price_usd_e8;  ///< Of one whole coin.
};

/// The double-entry books. Every function posts within the caller's transaction and keeps the
/// margin rollup with it; posting the same thing twice posts it once (entry ids are hashes of what
/// they are for). Amounts are positive; an entry of zero is left out.

void PostClaimCredit(pqxx::work& tx, const Owner& owner, const std::string& claim_event_id,
                     const Worth& credit, Time now);
/// What a user has paid to the relay of `owner`: owed to him, no revenue of ours. `what` tells
/// claims apart.
void PostRelayClaim(pqxx::work& tx, const Owner& owner, const std::string& what,
                    const Worth& credit, Time now);
void PostHold(pqxx::work& tx, const Owner& owner, const Worth& hold, Time now);
/// Gives a hold back to unapplied credit.
void PostRelease(pqxx::work& tx, const Owner& owner, const Worth& hold, Time now);
/// Hold becomes deferred revenue, and the setup price is recognised; hosting starts at `now`.
void PostActivation(pqxx::work& tx, const Owner& owner, const Worth& hold,
                    const ServicePrice& price, Time now);
/// Recognises hosting for [last, through), split at UTC month borders: floor of the cumulative
/// price less what was posted. Never beyond what was deferred. Returns what was posted, in
/// micro-dollars.
std::int64_t Recognise(pqxx::work& tx, const Owner& owner, const ServicePrice& price, Time through);
/// At the close of an order: what is still deferred of it is earned by the terms, which give no
/// part of a running month back. Returns what was posted, in micro-dollars; nothing is deferred
/// after it.
std::int64_t ForfeitRest(pqxx::work& tx, const Owner& owner, const ServicePrice& price, Time now);
/// Accrues the lease of an order up to `cost.height`, by row `leases`. Returns micro-dollars
/// posted.
std::int64_t AccrueLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq,
                         const LeaseCost& cost, Time now);
/// What the chain says a lease has cost in all, at a settlement or at its close.
struct LeaseSettlement {
    std::string asset;     ///< `uact`.
    money::Amount amount;  ///< Transferred to the provider since the lease began.
    std::int64_t height = 0;
    std::string snapshot_id;
    money::Amount price_usd_e8;  ///< Of one whole coin; for what was not accrued yet.
};

/// Makes the lease's cost what the chain settled: posts the difference, as a reversal where we had
/// accrued more than the funds could pay. Returns micro-dollars posted, negative for a reversal.
std::int64_t TrueUpLease(pqxx::work& tx, const Owner& owner, std::uint64_t dseq,
                         const LeaseSettlement& settlement, Time now);
/// A deposit into a deployment's escrow, and what came back at its close: assets, not costs.
/// `what` tells deposits of an order apart: the deployment's number for the first one.
void PostEscrowDeposit(pqxx::work& tx, const Owner& owner, const std::string& what,
                       const Worth& deposit, Time now);
void PostEscrowReturn(pqxx::work& tx, const Owner& owner, std::uint64_t dseq, const Worth& rest,
                      Time now);
/// What was deposited for an order's deployments, by the books.
money::Amount DepositedFor(pqxx::transaction_base& tx, const Owner& owner);
/// The fee of a transaction, shared over the orders of its messages by the caller.
void PostGas(pqxx::work& tx, const Owner& owner, const std::string& tx_hash, const Worth& gas,
             Time now);

}  // namespace berth::ledger
