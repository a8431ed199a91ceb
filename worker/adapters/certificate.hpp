#pragma once

#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// What a leaf certificate says of itself.
struct CertificateFacts {
    std::vector<std::string> names;
    Time not_before;
    Time not_after;
    std::string fingerprint;  ///< SHA-256 of the DER, lower-case hex.

    /// Two thirds into its lifetime: a fraction, since lifetimes are the CA's choice.
    Time RenewalAt() const { return not_before + (not_after - not_before) * 2 / 3; }
    bool RenewalDue(Time now) const { return now >= RenewalAt(); }
};

/// A fresh P-256 key as PEM (PKCS #8).
Secret MakeCertificateKey();
/// A certificate signing request (PEM) for the names, signed by the key.
/// Errors: kInvalid `BAD_CERTIFICATE_KEY`.
Result<std::string> MakeSigningRequest(const Secret& key_pem,
                                       const std::vector<std::string>& names);
/// Reads the first certificate of a PEM chain. Errors: kInvalid `BAD_CERTIFICATE`.
Result<CertificateFacts> ReadCertificate(const std::string& chain_pem);
/// True if the first certificate of the chain is for that key.
bool CertificateIsFor(const std::string& chain_pem, const Secret& key_pem);

}  // namespace berth::worker
