#pragma once

#include "akash/provider_gateway.hpp"
#include "worker/ports/ingress.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Learns once from the provider where the relay is, then asks the relay itself until it is
/// healthy.
class AwaitService final : public Step {
public:
    /// References must outlive it.
    AwaitService(akash::ProviderGateway& gateway, Ingress& ingress)
        : gateway_{gateway}, ingress_{ingress}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "await_service"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    akash::ProviderGateway& gateway_;
    Ingress& ingress_;
};

}  // namespace berth::worker
