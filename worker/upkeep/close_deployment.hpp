#pragma once

#include "akash/chain.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Closes the order's deployment on chain. One that is closed already, or never came to be, is
/// done; one that may still come to be is waited for.
class CloseDeployment final : public Step {
public:
    /// `chain` must outlive it.
    explicit CloseDeployment(akash::ChainReader& chain) : chain_{chain} {}
    std::string_view kind() const override { return "close"; }
    std::string_view name() const override { return "close_deployment"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    akash::ChainReader& chain_;
};

/// Confirms from the chain that the deployment is closed and says what came back of its escrow.
class ConfirmClosed final : public Step {
public:
    /// `chain` must outlive it.
    explicit ConfirmClosed(akash::ChainReader& chain) : chain_{chain} {}
    std::string_view kind() const override { return "close"; }
    std::string_view name() const override { return "confirm_closed"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    akash::ChainReader& chain_;
};

}  // namespace berth::worker
