#include "worker/provision/create_deployment.hpp"

#include "akash/signer.hpp"
#include "core/base/failpoint.hpp"
#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kMessage = "create_deployment";

StepOutcome Adopt(const akash::Deployment& found, const std::string& hash_hex)
{
    if (found.state != "active") {
        return StepOutcome::Failed(Fail(ErrorCode::kPrecondition, "DEPLOYMENT_CLOSED",
                                        "The deployment was closed before it had a lease."));
    }
    if (found.hash_hex != hash_hex) {
        return StepOutcome::Failed(Fail(ErrorCode::kConflict, "DSEQ_TAKEN",
                                        "Another deployment is on chain under this number."));
    }
    v1::Facts facts;
    facts.set_sdl_hash(hash_hex);
    facts.set_deployment_height(found.created_at);
    return StepOutcome::Done(std::move(facts));
}

}  // namespace

Result<void> CreateDeployment::CheckDeposit(money::Amount deposit, Deadline deadline) const
{
    const auto minimums = needs_.chain.DepositMinimums(deadline);
    if (!minimums) return minimums.error();
    const auto least = minimums->find(needs_.terms.denom);
    if (least == minimums->end()) {
        return Fail(ErrorCode::kInvalid, "DENOM_NOT_ACCEPTED",
                    "The chain takes no deposits in " + needs_.terms.denom + ".");
    }
    if (deposit < least->second) {
        return Fail(ErrorCode::kInvalid, "DEPOSIT_TOO_LOW",
                    "The chain wants a deposit of at least " + least->second.ToString() +
                        needs_.terms.denom + ".");
    }
    return {};
}

Result<StepOutcome> CreateDeployment::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto block_time = needs_.pace.Measured();
    if (!block_time) return StepOutcome::NotYet(1s, "the measured time of a block");
    const auto secrets = needs_.sealer.Open(order.name(), order.secrets());
    if (!secrets) return secrets.error();
    const auto deployment = DeploymentOf(order, *secrets, needs_.terms, *block_time);
    if (!deployment) return deployment.error();
    const auto sdl = akash::RenderSdl(*deployment);
    if (!sdl) return sdl.error();
    const auto manifest = needs_.manifests.ManifestOf(*sdl, *deployment, context.deadline);
    if (!manifest) return manifest.error();

    const auto id = DeploymentIdOf(order);
    const auto found = needs_.chain.GetDeployment(id, context.deadline);
    if (!found) return found.error();
    if (*found) return Adopt(**found, manifest->hash_hex);

    if (const auto* const last = LastMessage(context.job, kMessage)) {
        if (InFlight(*last)) return StepOutcome::NotYet(5s, "the transaction");
        if (last->state() == "committed") return StepOutcome::NotYet(1s, "the node to see it");
        if (const auto lasting = LastingFailure(*last)) return StepOutcome::Failed(*lasting);
    }
    const auto accepted = CheckDeposit(order.deposit_uact(), context.deadline);
    if (!accepted) return accepted.error();
    const auto message = akash::CreateDeploymentMessage(
        id, manifest->groups_json, manifest->hash_hex, needs_.terms.denom, order.deposit_uact());
    const auto same = needs_.manifests.CheckMessage(message, *sdl, context.deadline);
    if (!same) return same.error();
    Failpoint("worker.create_deployment.before_transact");
    return StepOutcome::Transact(kMessage, message);
}

}  // namespace berth::worker
