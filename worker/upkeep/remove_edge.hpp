#pragma once

#include "worker/ports/dns.hpp"
#include "worker/ports/edge.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Takes a relay's names away: routes and own certificate at the edge, then its record.
class RemoveEdge final : public Step {
public:
    /// References must outlive it.
    RemoveEdge(Edge& edge, Dns& dns, PublicEdge public_edge)
        : edge_{edge}, dns_{dns}, public_edge_{std::move(public_edge)}
    {
    }
    std::string_view kind() const override { return "close"; }
    std::string_view name() const override { return "remove_edge"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Edge& edge_;
    Dns& dns_;
    const PublicEdge public_edge_;
};

}  // namespace berth::worker
