#pragma once

#include "akash/programs.hpp"
#include "akash/provider_gateway.hpp"
#include "core/base/command_runner.hpp"

namespace berth::akash {

/// ProviderGateway over `provider-services send-manifest`, `lease-status` and `lease-logs`.
class CliProviderGateway final : public ProviderGateway {
public:
    /// `runner` must outlive the gateway.
    CliProviderGateway(CommandRunner& runner, const AkashPrograms& programs)
        : runner_{runner}, programs_{programs}
    {
    }

    Result<void> SendManifest(const LeaseId& lease, const std::string& sdl,
                              Deadline deadline) override;
    Result<std::map<std::string, ServiceStatus>> LeaseStatus(const LeaseId& lease,
                                                             Deadline deadline) override;
    Result<std::string> LeaseLogs(const LeaseId& lease, std::size_t bytes,
                                  Deadline deadline) override;

private:
    Result<CommandOutput> Run(std::vector<std::string> argv, const LeaseId& lease,
                              Deadline deadline);

    CommandRunner& runner_;
    const AkashPrograms programs_;
};

}  // namespace berth::akash
