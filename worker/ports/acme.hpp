#pragma once

#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// A certificate to be issued for a key that is stored already.
struct CertificateRequest {
    std::string label;               ///< Folder of this order of the CA; [a-z0-9.-].
    std::vector<std::string> names;  ///< The first one is the subject; may be `*.zone`.
    Secret key_pem;
};

/// The certificate authority, proven to by DNS-01. Thread-safe; blocks until `deadline` at most.
class Acme {
public:
    virtual ~Acme() = default;
    /// A certificate chain (PEM, leaf first) for the key. One that was issued before for the same
    /// key and names and is not due for renewal is given again without asking the CA.
    /// Errors: kInvalid `BAD_DNS_NAME`; kExhausted `ISSUANCE_BUDGET_SPENT`, `ACME_RATE_LIMITED`;
    /// kForbidden `ACME_REFUSED`; kUnavailable `ACME_UNAVAILABLE`; kUnknown `ACME_OUTCOME_UNKNOWN`.
    virtual Result<std::string> Issue(const CertificateRequest& request, Deadline deadline) = 0;
};

}  // namespace berth::worker
