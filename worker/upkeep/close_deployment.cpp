#include "worker/upkeep/close_deployment.hpp"

#include <algorithm>

#include "akash/signer.hpp"
#include "core/base/failpoint.hpp"
#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;
using money::Amount;

constexpr auto kMessage = "close_deployment";
constexpr auto kCreated = "create_deployment";
constexpr std::int64_t kE18 = 1'000'000'000'000'000'000;

bool MayStillAppear(const v1::Job& job)
{
    const auto* const created = LastMessage(job, kCreated);
    return created && (InFlight(*created) || created->state() == "committed");
}

/// The deposit less what providers have withdrawn, rounded down to whole units.
std::string Refund(const v1::JobOrder& order, const std::vector<akash::Lease>& leases)
{
    Amount withdrawn_e18;
    for (const auto& lease : leases) withdrawn_e18 += lease.withdrawn.amount_e18;
    const auto withdrawn = MulDiv(withdrawn_e18, 1, kE18, money::Rounding::kCeil);
    return std::max(Amount{order.deposit_uact()} - withdrawn, Amount{0}).ToString();
}

}  // namespace

Result<StepOutcome> CloseDeployment::Run(const StepContext& context)
{
    const auto id = DeploymentIdOf(context.order());
    const auto found = chain_.GetDeployment(id, context.deadline);
    if (!found) return found.error();
    if (!*found) {
        if (MayStillAppear(context.job)) return StepOutcome::NotYet(2s, "the creation's fate");
        return StepOutcome::Done();
    }
    if ((*found)->state == "closed") return StepOutcome::Done();
    if (const auto* const last = LastMessage(context.job, kMessage)) {
        if (InFlight(*last)) return StepOutcome::NotYet(5s, "the transaction");
        if (last->state() == "committed") return StepOutcome::NotYet(1s, "the node to see it");
        if (const auto lasting = LastingFailure(*last)) return StepOutcome::Failed(*lasting);
    }
    Failpoint("worker.close_deployment.before_transact");
    return StepOutcome::Transact(kMessage, akash::CloseDeploymentMessage(id));
}

Result<StepOutcome> ConfirmClosed::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto found = chain_.GetDeployment(DeploymentIdOf(order), context.deadline);
    if (!found) return found.error();
    v1::Facts facts;
    if (!*found) {
        facts.set_refunded_uact("0");  // Nothing was ever deposited.
        return StepOutcome::Done(std::move(facts));
    }
    if ((*found)->state != "closed") return StepOutcome::NotYet(2s, "the chain to close it");
    const auto leases = chain_.ListLeases(DeploymentIdOf(order), context.deadline);
    if (!leases) return leases.error();
    facts.set_refunded_uact(Refund(order, *leases));
    facts.set_closed_height((*found)->escrow.settled_at);
    if (const auto* const message = LastMessage(context.job, kMessage)) {
        facts.set_closed_tx(message->tx_hash());
        if (message->height() > 0) facts.set_closed_height(message->height());
    }
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
