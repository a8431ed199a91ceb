#pragma once

#include "akash/provider_gateway.hpp"
#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Gives the manifest to the provider; sending it again is safe.
class SendManifest final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        akash::ProviderGateway& gateway;
        const OrderSealer& sealer;
        const RelayTerms& terms;
        const akash::BlockPace& pace;
        const Clock& clock;
    };
    explicit SendManifest(const Needs& needs) : needs_{needs} {}
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "send_manifest"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    const Needs needs_;
};

}  // namespace berth::worker
