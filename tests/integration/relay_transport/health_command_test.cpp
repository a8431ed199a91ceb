#include <gmock/gmock.h>

#include "core/base/command_runner.hpp"
#include "core/base/file.hpp"
#include "tests/integration/relay/relay_fixture.hpp"
#include "tests/integration/relay_transport/self_signed.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// `berth-relay health`, as a container's check runs it.
class HealthCommandTest : public RelayTest {
protected:
    static CommandOutput Ask(std::vector<std::string> settings)
    {
        settings.insert(settings.begin(), {BERTH_BINARY_DIR "/relay-image/berth-relay", "health"});
        ProcessRunner runner{1};
        return runner.Run({.argv = std::move(settings)}, Deadline::After(20s)).value();
    }
    static std::string AddressOf(unsigned short port, const std::string& host = "127.0.0.1")
    {
        return host + ":" + std::to_string(port);
    }
};

TEST_F(HealthCommandTest, IsZeroWhereTheRelayIsWell)
{
    const RelayProcess relay{NewDatabase()};
    for (const auto* host : {"127.0.0.1", "0.0.0.0"}) {
        const auto said = Ask({"--relay.address=" + AddressOf(relay.port(), host)});
        EXPECT_EQ(said.exit_code, 0) << said.err;
        EXPECT_THAT(said.out, HasSubstr(R"("status":"ok")"));
    }
}

TEST_F(HealthCommandTest, FindsAPortThatTheSystemChose)
{
    const RelayProcess relay{NewDatabase()};
    const auto file =
        std::filesystem::path{testing::TempDir()} / ("berth-ready-" + std::to_string(relay.port()));
    ASSERT_TRUE(WriteFileAtomically(file, AddressOf(relay.port()) + "\n", 0644));
    const auto ready = "--relay.ready_file=" + file.string();
    EXPECT_EQ(Ask({"--relay.address=127.0.0.1:0", ready}).exit_code, 0);
    std::filesystem::remove(file);
    EXPECT_EQ(Ask({"--relay.address=127.0.0.1:0", ready}).exit_code, 1) << "it never served";
}

TEST_F(HealthCommandTest, AsksOverTlsWhereThereIsNothingElse)
{
    const SelfSigned certificate;
    const RelayProcess relay{NewDatabase(),
                             {{"ADDRESS", ""},
                              {"TLS_ADDRESS", "127.0.0.1:0"},
                              {"TLS_CERTIFICATE", certificate.certificate},
                              {"TLS_KEY", certificate.key}}};
    const auto said = Ask({"--relay.address=", "--relay.tls_address=" + AddressOf(relay.port())});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr(R"("status":"ok")"));
}

TEST_F(HealthCommandTest, IsOneWhereNobodyListens)
{
    RelayProcess relay{NewDatabase()};
    const auto address = AddressOf(relay.port());
    relay.Kill();
    const auto said = Ask({"--relay.address=" + address});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.err, HasSubstr(address));
}

TEST_F(HealthCommandTest, IsTwoWhereTheSettingsAreWrong)
{
    EXPECT_EQ(Ask({"--relay.address=here"}).exit_code, 2);
    EXPECT_EQ(Ask({"--relay.address="}).exit_code, 2);
}

}  // namespace
}  // namespace berth::relay::test
