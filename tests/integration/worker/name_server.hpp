#pragma once

#include <gtest/gtest.h>

#include "cli/stack/bind.hpp"
#include "cli/stack/ports.hpp"
#include "core/base/command_runner.hpp"
#include "tests/integration/stack/temporary_folder.hpp"
#include "worker/adapters/network_probes.hpp"
#include "worker/adapters/nsupdate_dns.hpp"

namespace berth::worker {

/// A real BIND with the operator's zone `berth.test` and a customer's, for the tests of a file.
class WithNameServer : public testing::Test {
protected:
    void SetUp() override
    {
        const auto ports = stack::FreePorts(1);
        ASSERT_TRUE(ports);
        bind_ = std::make_unique<stack::Bind>(
            folder_.path() / "bind", ports->front(),
            std::vector<stack::Zone>{
                {.name = "berth.test", .records = {"edge IN A 127.0.0.1"}, .key_name = "worker"},
                {.name = "customer.test",
                 .records = {"relay IN CNAME order1.relays.berth.test.",
                             "_acme-challenge.relay IN CNAME order1.acme.berth.test."},
                 .key_name = {}},
                {.name = "akash.test", .records = {"* IN A 127.0.0.1"}, .key_name = {}}});
        ASSERT_TRUE(bind_->Start(Deadline::After(std::chrono::seconds{30})));
    }

    DnsSettings ZoneSettings() const
    {
        return {.zone = "berth.test",
                .primary = bind_->Address(),
                .servers = {bind_->Address()},
                .tsig_file = bind_->KeyFile("worker")};
    }
    static Deadline Soon() { return Deadline::After(std::chrono::seconds{60}); }

    stack::TemporaryFolder folder_;
    std::unique_ptr<stack::Bind> bind_;
    ProcessRunner runner_{4};
};

}  // namespace berth::worker
