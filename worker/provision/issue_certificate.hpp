#pragma once

#include "worker/provision/customer_certificate.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/provision/step.hpp"
#include "worker/provision/wildcard_certificate.hpp"

namespace berth::worker {

/// Makes the edge serve the relay's names by TLS: its own name by the wildcard certificate, the
/// customer's by one of its own; then routes them to the ingress.
class IssueCertificate final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        WildcardCertificate& wildcard;
        CustomerCertificate& customers;
        Edge& edge;
    };
    IssueCertificate(const Needs& needs, PublicEdge public_edge)
        : needs_{needs}, public_edge_{std::move(public_edge)}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "issue_certificate"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Result<void> Route(const StepContext& context);

    const Needs needs_;
    const PublicEdge public_edge_;
};

}  // namespace berth::worker
