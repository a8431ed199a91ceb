#pragma once

#include <filesystem>
#include <mutex>

#include "worker/adapters/certificate.hpp"
#include "worker/ports/acme.hpp"
#include "worker/ports/edge.hpp"
#include "worker/sealing/order_sealer.hpp"

namespace berth::worker {

/// The certificate that all names directly under the edge's zone share. Its key is sealed and
/// stored before the CA is asked. Thread-safe; one issuance at a time.
class WildcardCertificate {
public:
    /// References must outlive it.
    struct Needs {
        Acme& acme;
        Edge& edge;
        const OrderSealer& sealer;
        const Clock& clock;
    };
    /// `key_file` is where the sealed key is kept.
    WildcardCertificate(const Needs& needs, std::string zone, std::filesystem::path key_file);

    /// Makes sure that the edge serves one that is not due for renewal. Idempotent.
    /// Errors: those of Acme and Edge; kUnauthenticated `SEAL_BROKEN`.
    Result<CertificateFacts> Ensure(Deadline deadline);

private:
    Result<Secret> Key();
    Result<CertificateFacts> Install(const std::string& chain, const Secret& key,
                                     Deadline deadline);

    const Needs needs_;
    const std::string zone_;
    const std::filesystem::path key_file_;
    std::mutex mutex_;
    bool told_ = false;  ///< Whether the edge has taken it since we started.
};

}  // namespace berth::worker
