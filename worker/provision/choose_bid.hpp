#pragma once

#include <chrono>

#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Waits until bids have had their time and takes the cheapest acceptable one; reads only. Every
/// bid is recorded with the verdict on it. Fails with `NO_ACCEPTABLE_BID` when the step's budget
/// ends without one.
class ChooseBid final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        akash::ChainReader& chain;
        const RelayTerms& terms;
        akash::BlockPace& pace;
        const Clock& clock;
        std::chrono::milliseconds window;  ///< Counted in blocks from the deployment's height.
    };
    explicit ChooseBid(const Needs& needs) : needs_{needs} {}
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "choose_bid"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    const Needs needs_;
};

}  // namespace berth::worker
