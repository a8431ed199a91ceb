#pragma once

#include "akash/block_pace.hpp"
#include "akash/chain.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Reads what a lease has come to by now. Reads only.
class MeterLease final : public Step {
public:
    /// References must outlive it.
    MeterLease(akash::ChainReader& chain, akash::BlockPace& pace) : chain_{chain}, pace_{pace} {}
    std::string_view kind() const override { return "meter_lease"; }
    std::string_view name() const override { return "meter_lease"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    akash::ChainReader& chain_;
    akash::BlockPace& pace_;
};

}  // namespace berth::worker
