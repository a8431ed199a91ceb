#pragma once

#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// The TLS edge in front of the providers. What is told to it survives its restart. Thread-safe;
/// blocks until `deadline` at most. Errors of all: kInvalid `BAD_DNS_NAME`; kUnavailable
/// `EDGE_UNAVAILABLE`, `FILE_NOT_WRITTEN`; kForbidden `EDGE_REFUSED`.
class Edge {
public:
    virtual ~Edge() = default;
    /// The chain (PEM) installed under that label, if there is one.
    virtual Result<std::optional<std::string>> CertificateOf(const std::string& label) = 0;
    /// Serves the certificate by its names from now on; replaces the one of that label.
    virtual Result<void> InstallCertificate(const std::string& label, const std::string& chain_pem,
                                            const Secret& key_pem, Deadline deadline) = 0;
    virtual Result<void> RemoveCertificate(const std::string& label, Deadline deadline) = 0;
    /// Sends what comes for `hostname` to the provider's `ingress_host`, over verified TLS.
    virtual Result<void> Route(const std::string& hostname, const std::string& ingress_host,
                               Deadline deadline) = 0;
    virtual Result<void> Unroute(const std::string& hostname, Deadline deadline) = 0;
    /// Whether it answers on its runtime socket.
    virtual Result<void> Ping(Deadline deadline) = 0;
};

}  // namespace berth::worker
