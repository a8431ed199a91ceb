#include "worker/provision/send_manifest.hpp"

#include "core/base/failpoint.hpp"
#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

}  // namespace

Result<StepOutcome> SendManifest::Run(const StepContext& context)
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

    const auto lease = LeaseIdOf(order);
    const auto intended =
        context.intents.Commit("send_manifest to " + lease.provider, context.deadline);
    if (!intended) return intended.error();
    Failpoint("worker.send_manifest.before_send");
    const auto sent = needs_.gateway.SendManifest(lease, sdl->Expose(), context.deadline);
    Failpoint("worker.send_manifest.after_send");
    if (!sent) return sent.error();
    v1::Facts facts;
    facts.set_manifest_sent_at(needs_.clock.Now().time_since_epoch().count());
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
