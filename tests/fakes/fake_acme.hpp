#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "worker/ports/acme.hpp"

namespace berth::test {

/// A certificate authority whose certificates the test makes.
class FakeAcme final : public worker::Acme {
public:
    std::function<std::string(const worker::CertificateRequest&)> issue;
    std::vector<worker::CertificateRequest> requests;
    std::optional<Error> fails;

    Result<std::string> Issue(const worker::CertificateRequest& request, Deadline) override
    {
        requests.push_back(request);
        if (fails) return *fails;
        return issue(request);
    }
};

}  // namespace berth::test
