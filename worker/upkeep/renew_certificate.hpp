#pragma once

#include "worker/ports/customer_names.hpp"
#include "worker/provision/customer_certificate.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Keeps the certificate of a customer's own name from running out, as long as the order is served:
/// it waits until a fraction of the lifetime is over, then has a new one issued. The CA is asked
/// only while the customer's challenge record leads to us, so that a name that was taken away costs
/// nothing of the issuance budget. Never done; a failure is tried again by the marketplace.
class RenewCertificate final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        CustomerCertificate& customers;
        CustomerNames& names;
        const Clock& clock;
    };
    /// `zone` is the operator's.
    RenewCertificate(const Needs& needs, std::string zone) : needs_{needs}, zone_{std::move(zone)}
    {
    }
    std::string_view kind() const override { return "renew_certificate"; }
    std::string_view name() const override { return "renew_certificate"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Result<CertificateFacts> Renew(const StepContext& context);

    const Needs needs_;
    const std::string zone_;
};

}  // namespace berth::worker
