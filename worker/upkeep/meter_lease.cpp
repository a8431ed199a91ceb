#include "worker/upkeep/meter_lease.hpp"

#include <algorithm>

#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

std::string FundsOf(const akash::EscrowAccount& escrow, const std::string& denom)
{
    money::Amount sum;
    for (const auto& coin : escrow.funds) {
        if (coin.denom == denom) sum += coin.amount_e18;
    }
    return akash::FormatDec18(sum);
}

}  // namespace

Result<StepOutcome> MeterLease::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto status = chain_.Status(context.deadline);
    if (!status) return status.error();
    pace_.Note(*status);
    const auto block_time = pace_.Measured();
    if (!block_time) return StepOutcome::NotYet(1s, "the measured time of a block");
    const auto leases = chain_.ListLeases(DeploymentIdOf(order), context.deadline);
    if (!leases) return leases.error();
    const auto wanted = LeaseIdOf(order);
    const auto lease = std::find_if(leases->begin(), leases->end(),
                                    [&](const auto& candidate) { return candidate.id == wanted; });
    if (lease == leases->end()) {
        return Fail(ErrorCode::kNotFound, "LEASE_NOT_FOUND", "The chain does not know the lease.");
    }
    const auto deployment = chain_.GetDeployment(DeploymentIdOf(order), context.deadline);
    if (!deployment) return deployment.error();

    v1::Facts facts;
    auto& reading = *facts.mutable_lease_reading();
    *reading.mutable_lease() = ToProto(*lease);
    reading.set_lease_state(lease->state);
    reading.set_height(status->height);
    reading.set_block_millis(block_time->count());
    if (*deployment) {
        reading.set_escrow_funds(FundsOf((*deployment)->escrow, lease->price.denom));
        reading.set_escrow_settled_at((*deployment)->escrow.settled_at);
    }
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
