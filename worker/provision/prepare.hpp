#pragma once

#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Makes and seals the order's secrets, renders the SDL from them and lints it. Nothing outside.
class Prepare final : public Step {
public:
    /// References must outlive it.
    Prepare(const OrderSealer& sealer, const RelayTerms& terms, const akash::BlockPace& pace)
        : sealer_{sealer}, terms_{terms}, pace_{pace}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "prepare"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    const OrderSealer& sealer_;
    const RelayTerms& terms_;
    const akash::BlockPace& pace_;
};

}  // namespace berth::worker
