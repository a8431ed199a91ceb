#pragma once

#include <atomic>

#include "core/probe/relay_probe.hpp"

namespace berth::test {

/// A probe that finds what a test says. Thread-safe.
class FakeRelayProbe final : public probe::RelayProbe {
public:
    std::atomic<bool> accepts{true};
    std::atomic<int> runs{0};

    probe::ProbeReport Run(const probe::ProbeRequest& request, Deadline) override
    {
        ++runs;
        return {.accepted = accepts,
                .connect_address = "127.0.0.1:443",
                .nonce_event_id = std::string(64, 'e'),
                .checks = {{.name = "health", .passed = accepts, .detail = request.relay_url}}};
    }
};

}  // namespace berth::test
