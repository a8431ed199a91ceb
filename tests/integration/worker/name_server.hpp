#pragma once

#include <gtest/gtest.h>

#include "cli/stack/bind.hpp"
#include "cli/stack/ports.hpp"
#include "core/base/command_runner.hpp"
#include "tests/integration/stack/temporary_folder.hpp"
#include "worker/adapters/network_probes.hpp"
#include "worker/adapters/nsupdate_dns.hpp"

namespace berth::worker {

/// A real BIND of these zones on a free port; null, and a failure of the test, if it does not
/// start.
inline std::unique_ptr<stack::Bind> StartNameServer(const std::filesystem::path& folder,
                                                    std::vector<stack::Zone> zones)
{
    const auto ports = stack::FreePorts(1);
    EXPECT_TRUE(ports);
    if (!ports) return nullptr;
    auto bind = std::make_unique<stack::Bind>(folder, ports->front(), std::move(zones));
    const auto started = bind->Start(Deadline::After(std::chrono::seconds{30}));
    EXPECT_TRUE(started);
    return started ? std::move(bind) : nullptr;
}

/// Settings for a zone that the worker's key may change.
inline DnsSettings SettingsOf(const stack::Bind& bind, const std::string& zone)
{
    return {.zone = zone,
            .primary = bind.Address(),
            .servers = {bind.Address()},
            .tsig_file = bind.KeyFile("worker")};
}

/// A real BIND with the operator's zone `berth.test` and a customer's, for the tests of a file.
class WithNameServer : public testing::Test {
protected:
    void SetUp() override
    {
        bind_ = StartNameServer(
            folder_.path() / "bind",
            {{.name = "berth.test", .records = {"edge IN A 127.0.0.1"}, .key_name = "worker"},
             {.name = "customer.test",
              .records = {"relay IN CNAME order1.relays.berth.test.",
                          "_acme-challenge.relay IN CNAME order1.acme.berth.test."},
              .key_name = {}},
             {.name = "akash.test", .records = {"* IN A 127.0.0.1"}, .key_name = {}}});
        ASSERT_TRUE(bind_);
    }

    DnsSettings ZoneSettings() const { return SettingsOf(*bind_, "berth.test"); }
    static Deadline Soon() { return Deadline::After(std::chrono::seconds{60}); }

    stack::TemporaryFolder folder_;
    std::unique_ptr<stack::Bind> bind_;
    ProcessRunner runner_{4};
};

}  // namespace berth::worker
