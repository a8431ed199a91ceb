#pragma once

#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Puts the deployment on chain under the dseq that was drawn beforehand; one that is there already
/// with our manifest's hash is adopted. What the chain would refuse, and a message that differs
/// from what the network's own program makes of the SDL, fails before anything is spent.
class CreateDeployment final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        akash::ChainReader& chain;
        akash::ManifestSource& manifests;
        const OrderSealer& sealer;
        const RelayTerms& terms;
        const akash::BlockPace& pace;
    };
    explicit CreateDeployment(const Needs& needs) : needs_{needs} {}
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "create_deployment"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    /// Errors: kInvalid `DENOM_NOT_ACCEPTED`, `DEPOSIT_TOO_LOW`; those of ChainReader.
    Result<void> CheckDeposit(money::Amount deposit, Deadline deadline) const;

    const Needs needs_;
};

}  // namespace berth::worker
