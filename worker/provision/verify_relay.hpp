#pragma once

#include "worker/ports/relay_prober.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/provision/step.hpp"
#include "worker/sealing/order_sealer.hpp"

namespace berth::worker {

/// Proves the relay through its public name. The report is evidence; the marketplace decides by its
/// own.
class VerifyRelay final : public Step {
public:
    /// References must outlive it.
    VerifyRelay(RelayProber& prober, const OrderSealer& sealer, PublicEdge edge)
        : prober_{prober}, sealer_{sealer}, edge_{std::move(edge)}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "verify_relay"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    RelayProber& prober_;
    const OrderSealer& sealer_;
    const PublicEdge edge_;
};

}  // namespace berth::worker
