#include "worker/provision/await_service.hpp"

#include "worker/provision/chain_facts.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kRelayService = "relay";
constexpr auto kAgain = 1s;

}  // namespace

Result<StepOutcome> AwaitService::Run(const StepContext& context)
{
    const auto& order = context.order();
    auto host = order.facts().ingress_host();
    if (host.empty()) {
        const auto services = gateway_.LeaseStatus(LeaseIdOf(order), context.deadline);
        if (!services) return services.error();
        const auto relay = services->find(kRelayService);
        if (relay == services->end() || relay->second.uris.empty()) {
            return StepOutcome::NotYet(kAgain, "the provider to name the service");
        }
        host = relay->second.uris.front();
    }
    v1::Facts facts;
    facts.set_ingress_host(host);
    if (const auto healthy = ingress_.Check(host, context.deadline.AtMost(10s)); !healthy) {
        return StepOutcome::NotYet(kAgain, "the service: " + healthy.error().message,
                                   std::move(facts));
    }
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
