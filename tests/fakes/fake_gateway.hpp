#pragma once

#include <optional>
#include <vector>

#include "akash/provider_gateway.hpp"

namespace berth::test {

/// A provider's gateway in memory.
class FakeGateway final : public akash::ProviderGateway {
public:
    std::vector<std::string> manifests;  ///< SDL of every one that was sent.
    std::map<std::string, akash::ServiceStatus> services;
    int status_questions = 0;
    std::optional<Error> fails;

    Result<void> SendManifest(const akash::LeaseId&, const std::string& sdl, Deadline) override
    {
        if (fails) return *fails;
        manifests.push_back(sdl);
        return {};
    }
    Result<std::map<std::string, akash::ServiceStatus>> LeaseStatus(const akash::LeaseId&,
                                                                    Deadline) override
    {
        ++status_questions;
        if (fails) return *fails;
        return services;
    }
    Result<std::string> LeaseLogs(const akash::LeaseId&, std::size_t, Deadline) override
    {
        return std::string{};
    }
};

}  // namespace berth::test
