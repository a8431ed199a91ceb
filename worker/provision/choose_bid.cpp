#include "worker/provision/choose_bid.hpp"

#include "worker/provision/bid_choice.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgain = 2s;

bool BudgetEnds(const v1::Job& job, Time now)
{
    const std::chrono::microseconds deadline{job.step_deadline()};
    return job.step_deadline() > 0 && now.time_since_epoch() + kAgain >= deadline;
}

Error NoBid(const BidChoice& choice)
{
    return Fail(ErrorCode::kExhausted, "NO_ACCEPTABLE_BID",
                choice.verdicts.empty()
                    ? "No provider made a bid in time."
                    : "None of " + std::to_string(choice.verdicts.size()) + " bids is acceptable.");
}

}  // namespace

Result<StepOutcome> ChooseBid::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto status = needs_.chain.Status(context.deadline);
    if (!status) return status.error();
    needs_.pace.Note(*status);
    const auto block_time = needs_.pace.Measured();
    if (!block_time) return StepOutcome::NotYet(1s, "the measured time of a block");
    const auto waited = (status->height - order.facts().deployment_height()) * *block_time;
    if (waited < needs_.window) return StepOutcome::NotYet(needs_.window - waited, "bids");

    const auto bids = needs_.chain.ListOpenBids(order.wallet(), context.deadline);
    if (!bids) return bids.error();
    const auto choice = ChooseAmong(*bids, order, needs_.terms.denom, *block_time);
    v1::Facts facts;
    facts.mutable_bids()->Add(choice.verdicts.begin(), choice.verdicts.end());
    if (choice.chosen) {
        *facts.mutable_lease() = LeaseOfBid(*choice.chosen);
        return StepOutcome::Done(std::move(facts));
    }
    if (BudgetEnds(context.job, needs_.clock.Now())) {
        return StepOutcome::Failed(NoBid(choice), std::move(facts));
    }
    return StepOutcome::NotYet(kAgain, "an acceptable bid", std::move(facts));
}

}  // namespace berth::worker
