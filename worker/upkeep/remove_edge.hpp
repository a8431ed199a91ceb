#pragma once

#include "worker/ports/dns.hpp"
#include "worker/ports/edge.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Takes a relay's names away: routes and own certificate at the edge, then its record, whatever
/// the edge was when it was published.
class RemoveEdge final : public Step {
public:
    /// References must outlive it.
    RemoveEdge(Edge& edge, Dns& dns) : edge_{edge}, dns_{dns} {}
    std::string_view kind() const override { return "close"; }
    std::string_view name() const override { return "remove_edge"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Edge& edge_;
    Dns& dns_;
};

}  // namespace berth::worker
