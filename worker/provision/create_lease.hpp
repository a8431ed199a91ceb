#pragma once

#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Takes the chosen bid; a lease that the deployment has already is adopted. Where the bid is gone
/// the next best is taken.
class CreateLease final : public Step {
public:
    /// References must outlive it.
    CreateLease(akash::ChainReader& chain, const RelayTerms& terms, const akash::BlockPace& pace)
        : chain_{chain}, terms_{terms}, pace_{pace}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "create_lease"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Result<StepOutcome> Take(const StepContext& context);

    akash::ChainReader& chain_;
    const RelayTerms& terms_;
    const akash::BlockPace& pace_;
};

}  // namespace berth::worker
