#include "worker/provision/await_service.hpp"

#include <algorithm>

#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kRelayService = "relay";
constexpr std::chrono::milliseconds kFirstPause = 250ms;
constexpr std::chrono::milliseconds kLongestPause = 2s;

/// Short at first: a relay on a warm provider is there at once, a cold one takes its time.
std::chrono::milliseconds PauseAfter(int attempt)
{
    return std::min(kLongestPause, kFirstPause * std::clamp(attempt, 1, 8));
}

}  // namespace

Result<StepOutcome> AwaitService::Run(const StepContext& context)
{
    const auto& order = context.order();
    const auto pause = PauseAfter(context.job.attempt());
    auto host = order.facts().ingress_host();
    if (host.empty()) {
        const auto services = gateway_.LeaseStatus(LeaseIdOf(order), context.deadline);
        if (!services) return services.error();
        const auto relay = services->find(kRelayService);
        if (relay == services->end() || relay->second.uris.empty()) {
            return StepOutcome::NotYet(pause, "the provider to name the service");
        }
        host = relay->second.uris.front();
    }
    v1::Facts facts;
    facts.set_ingress_host(host);
    if (const auto healthy = ingress_.Check(host, context.deadline.AtMost(10s)); !healthy) {
        return StepOutcome::NotYet(pause, "the service: " + healthy.error().message,
                                   std::move(facts));
    }
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
