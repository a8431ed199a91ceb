#pragma once

#include <optional>
#include <vector>

#include "worker/ports/ingress.hpp"
#include "worker/ports/relay_prober.hpp"

namespace berth::test {

/// An ingress that is healthy, or says why not.
class FakeIngress final : public worker::Ingress {
public:
    std::optional<Error> fails;
    std::vector<std::string> asked;

    Result<void> Check(const std::string& host, Deadline) override
    {
        asked.push_back(host);
        if (fails) return *fails;
        return {};
    }
};

/// A prober that answers with the report of the test.
class FakeProber final : public worker::RelayProber {
public:
    v1::AcceptanceReport report;
    std::vector<worker::RelayToProbe> asked;

    v1::AcceptanceReport Probe(const worker::RelayToProbe& relay, Deadline) override
    {
        asked.push_back(relay);
        return report;
    }
};

}  // namespace berth::test
