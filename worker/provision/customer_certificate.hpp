#pragma once

#include <optional>

#include "berth/v1/worker_service.pb.h"
#include "worker/adapters/certificate.hpp"
#include "worker/ports/acme.hpp"
#include "worker/ports/edge.hpp"
#include "worker/sealing/order_sealer.hpp"

namespace berth::worker {

/// What a step reports of a certificate that the edge serves.
v1::Facts ToFacts(const CertificateFacts& served);

/// The certificate of a customer's own name at the edge. `prepare` has sealed its key before any CA
/// was asked, and all certificates of an order are for that key. Thread-safe.
class CustomerCertificate {
public:
    /// References must outlive it.
    struct Needs {
        Acme& acme;
        Edge& edge;
        const OrderSealer& sealer;
        const Clock& clock;
    };
    explicit CustomerCertificate(const Needs& needs) : needs_{needs} {}

    /// What the edge serves, if it was reported as served and is not due for renewal; else there is
    /// something to do. Errors: those of Edge and OrderSealer; kInvalid `SECRETS_MISSING`.
    Result<std::optional<CertificateFacts>> Served(const v1::JobOrder& order);
    /// Makes the edge serve one that is not due for renewal. Idempotent: one that was issued before
    /// is used without asking the CA. Connections under way stay.
    /// Errors: those of Acme, Edge and OrderSealer; kInvalid `SECRETS_MISSING`.
    Result<CertificateFacts> Serve(const v1::JobOrder& order, Deadline deadline);

private:
    Result<Secret> KeyOf(const v1::JobOrder& order) const;

    const Needs needs_;
};

}  // namespace berth::worker
