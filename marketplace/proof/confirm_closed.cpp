#include "marketplace/proof/confirm_closed.hpp"

#include <algorithm>

#include "marketplace/orders/order_changes.hpp"
#include "marketplace/payments/price_store.hpp"
#include "marketplace/proof/chain_check.hpp"
#include "marketplace/proof/lease_store.hpp"

namespace berth::proof {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgain = 2s;
constexpr std::int64_t kE18 = 1'000'000'000'000'000'000;

/// What the chain says of an order's deployment at its end.
struct Closed {
    bool confirmed = false;
    money::Amount withdrawn{};  ///< By providers, in whole units.
    std::int64_t height = 0;
};

/// A deployment that the chain never had is closed too; one that it had and does not show is not
/// known to be.
Result<Closed> ReadClosed(akash::ChainReader& chain, const orders::OrderRow& order,
                          Deadline deadline)
{
    const akash::DeploymentId id{.owner = order.wallet, .dseq = order.dseq};
    const auto deployment = chain.GetDeployment(id, deadline);
    if (!deployment) return deployment.error();
    if (!*deployment) return Closed{.confirmed = order.facts.deployment_height() == 0};
    if ((*deployment)->state != "closed") return Closed{};
    const auto leases = chain.ListLeases(id, deadline);
    if (!leases) return leases.error();
    Closed closed{.confirmed = true, .withdrawn = {}, .height = (*deployment)->escrow.settled_at};
    money::Amount withdrawn_e18;
    for (const auto& lease : *leases) {
        withdrawn_e18 += lease.withdrawn.amount_e18;
        closed.height = std::max(closed.height, lease.closed_on);
    }
    closed.withdrawn = money::MulDiv(withdrawn_e18, 1, kE18, money::Rounding::kCeil);
    return closed;
}

/// The lease, booked in `denom`, has cost what its provider withdrew; the rest of the deposit is in
/// the wallet again.
Result<void> SettleLease(pqxx::work& tx, const orders::OrderRow& order, const std::string& denom,
                         const Closed& closed, Time now)
{
    const auto newest = payments::NewestPrice(tx, denom);
    const auto price = PriceForLease(denom, newest.value_or(money::Price{}));
    if (!price) return price.error();
    const auto owner = OwnerOf(order);
    ledger::TrueUpLease(tx, owner, order.dseq,
                        {.asset = denom,
                         .amount = closed.withdrawn,
                         .height = closed.height,
                         .snapshot_id = price->snapshot_id,
                         .price_usd_e8 = price->usd_e8},
                        now);
    const auto rest = ledger::DepositedFor(tx, owner) - closed.withdrawn;
    if (rest.negative()) return {};
    ledger::PostEscrowReturn(tx, owner, order.dseq, payments::WorthNow(tx, denom, rest), now);
    return {};
}

orders::Happened WordsFor(orders::State state)
{
    if (state == v1::ORDER_STATE_CLOSED) {
        return {.kind = "closed", .message = "The relay is closed.", .details = {}};
    }
    const bool cancelled = state == v1::ORDER_STATE_CANCELLED;
    return {.kind = cancelled ? "cancelled" : "failed",
            .message = "What was rented is closed; the credit held for the order is yours again.",
            .details = {}};
}

}  // namespace

Result<queue::DutyOutcome> ConfirmClosed::Run(const queue::Job& job, Deadline deadline)
{
    const auto read = Read(job);
    if (!read) return read.error();
    const auto closed = ReadClosed(parts_.chain, *read, deadline);
    if (!closed) return closed.error();
    if (!closed->confirmed) return Outcome::Again(kAgain, "the chain to show the close");
    return Change(job,
                  [&](pqxx::work& tx, orders::OrderRow& order, queue::Job& held,
                      Time now) -> Result<Outcome> {
                      if (const auto denom = CloseLease(tx, order, closed->height)) {
                          const auto settled = SettleLease(tx, order, *denom, *closed, now);
                          if (!settled) return settled.error();
                      }
                      // What a provider ended was recognised when that was seen.
                      if (order.active_at && order.failure.reason() != orders::kLeaseEnded) {
                          ledger::Recognise(tx, OwnerOf(order), PriceOf(order),
                                            std::min(now, *order.paid_through));
                          ledger::ForfeitRest(tx, OwnerOf(order), PriceOf(order), now);
                      }
                      if (order.state == v1::ORDER_STATE_CLOSING) {
                          const auto state = orders::StateAfterClosing(order);
                          if (!order.failure.reason().empty()) {
                              order.failure.set_next(
                                  "The credit that was held is yours again; you can place a new "
                                  "order with it.");
                          }
                          const auto moved = orders::Move(tx, order, state, WordsFor(state), now);
                          if (!moved) return moved.error();
                      }
                      queue::Finish(tx, held, "done", "");
                      return Outcome::Recorded();
                  });
}

}  // namespace berth::proof
