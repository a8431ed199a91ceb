#pragma once

#include <map>
#include <string>
#include <vector>

#include "akash/chain.hpp"

namespace berth::akash {

struct ServiceStatus {
    int available = 0;
    int total = 0;
    std::vector<std::string> uris;  ///< Host names without scheme or port.
};

/// The provider's gateway, through `provider-services` and the account key's short-lived JWT.
/// Thread-safe; blocks until `deadline`.
class ProviderGateway {
public:
    virtual ~ProviderGateway() = default;
    /// Sends the manifest of an SDL to the leases of its deployment; repeating it is safe.
    /// Errors: kPrecondition `NO_ACTIVE_LEASE`, `MANIFEST_REFUSED`; kUnavailable
    /// `PROVIDER_UNAVAILABLE`; kUnknown `MANIFEST_UNKNOWN`.
    virtual Result<void> SendManifest(const LeaseId& lease, const std::string& sdl,
                                      Deadline deadline) = 0;
    /// Services by name. Errors: kNotFound `NO_MANIFEST`; kUnavailable `PROVIDER_UNAVAILABLE`.
    virtual Result<std::map<std::string, ServiceStatus>> LeaseStatus(const LeaseId& lease,
                                                                     Deadline deadline) = 0;
    /// The newest log lines of a service, at most `bytes`.
    virtual Result<std::string> LeaseLogs(const LeaseId& lease, std::size_t bytes,
                                          Deadline deadline) = 0;
};

}  // namespace berth::akash
