#include "worker/provision/create_lease.hpp"

#include <algorithm>

#include "akash/signer.hpp"
#include "core/base/failpoint.hpp"
#include "worker/provision/bid_choice.hpp"
#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kMessage = "create_lease";

}  // namespace

Result<StepOutcome> CreateLease::Run(const StepContext& context)
{
    const auto leases = chain_.ListLeases(DeploymentIdOf(context.order()), context.deadline);
    if (!leases) return leases.error();
    const auto active = std::find_if(leases->begin(), leases->end(),
                                     [](const auto& lease) { return lease.state == "active"; });
    if (active != leases->end()) {
        v1::Facts facts;
        *facts.mutable_lease() = ToProto(*active);
        return StepOutcome::Done(std::move(facts));
    }
    if (const auto* const last = LastMessage(context.job, kMessage)) {
        if (InFlight(*last)) return StepOutcome::NotYet(5s, "the transaction");
        if (last->state() == "committed" && leases->empty()) {
            return StepOutcome::NotYet(1s, "the node to see it");
        }
        if (const auto lasting = LastingFailure(*last)) return StepOutcome::Failed(*lasting);
    }
    return Take(context);
}

Result<StepOutcome> CreateLease::Take(const StepContext& context)
{
    const auto& order = context.order();
    const auto block_time = pace_.Measured();
    if (!block_time) return StepOutcome::NotYet(1s, "the measured time of a block");
    const auto bids = chain_.ListOpenBids(order.wallet(), context.deadline);
    if (!bids) return bids.error();
    const auto wanted = LeaseIdOf(order);
    const auto same =
        std::find_if(bids->begin(), bids->end(), [&](const auto& bid) { return bid.id == wanted; });
    if (same != bids->end()) {
        Failpoint("worker.create_lease.before_transact");
        return StepOutcome::Transact(kMessage, akash::CreateLeaseMessage(wanted));
    }
    const auto choice = ChooseAmong(*bids, order, terms_.denom, *block_time);
    v1::Facts facts;
    facts.mutable_bids()->Add(choice.verdicts.begin(), choice.verdicts.end());
    if (!choice.chosen) return StepOutcome::NotYet(2s, "an acceptable bid", std::move(facts));
    *facts.mutable_lease() = LeaseOfBid(*choice.chosen);
    return StepOutcome::Transact(kMessage, akash::CreateLeaseMessage(choice.chosen->id),
                                 std::move(facts));
}

}  // namespace berth::worker
