#pragma once

#include <thread>

#include <gtest/gtest.h>

#include "akash/cli_chain_reader.hpp"
#include "akash/cli_manifest.hpp"
#include "akash/cli_provider_gateway.hpp"
#include "akash/cli_signer.hpp"
#include "core/base/digest.hpp"
#include "tests/conformance/akash/sandbox_network.hpp"

namespace berth::akash {

inline constexpr auto kLimit = std::chrono::seconds{60};

/// A deployment that any provider can run.
inline RelayDeployment ADeployment(const std::string& denom)
{
    return {.relay_image = tests::kTestImage,
            .postgres_image = "postgres:15.4",
            .cpu_millis = 1000,
            .memory_bytes = 1 << 30,
            .storage_bytes = 1 << 30,
            .accept_hosts = {"relay.example.com"},
            .relay_environment = {{"DATABASE_URL",
                                   Secret{"postgres://relay:a<b>&c@postgres:5432/relay"}}},
            .postgres_environment = {{"POSTGRES_USER", Secret{"relay"}},
                                     {"POSTGRES_PASSWORD", Secret{"a-long-password"}}},
            .denom = denom,
            .ceiling_per_block_e18 = *ParseDec18("1000"),
            .required_attributes = {}};
}

/// A deployment's number that nobody has drawn before.
inline std::uint64_t RandomDseq()
{
    std::uint64_t dseq = 0;
    for (const char byte : RandomBytes(6)) dseq = dseq << 8 | static_cast<unsigned char>(byte);
    return dseq;
}

/// Asks until `found` says so; the network gets a minute.
template <typename Ask, typename Found>
auto Eventually(Ask ask, Found found)
{
    const auto deadline = Deadline::After(kLimit);
    auto answer = ask();
    while (!(answer && found(*answer)) && !deadline.Passed()) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        answer = ask();
    }
    return answer;
}

/// The driver on a running network, with a wallet that can pay. What it does is valid on a real
/// chain too.
class DriverConformance : public ::testing::Test {
protected:
    static void SetUpTestSuite() { network = new tests::SandboxNetwork; }
    static void TearDownTestSuite()
    {
        delete network;
        network = nullptr;
    }
    void TearDown() override
    {
        if (!network->is_real()) network->Control({"heal"});
    }

    Deadline Soon() const { return Deadline::After(kLimit); }

    static const std::string& Denom() { return network->programs().denom; }
    static RelayDeployment ADeployment() { return akash::ADeployment(Denom()); }
    /// Ten times what the chain wants at least.
    money::Amount Deposit()
    {
        const auto minimums = reader.DepositMinimums(Soon());
        EXPECT_TRUE(minimums && minimums->contains(Denom())) << "The chain has another " << Denom();
        if (!minimums || !minimums->contains(Denom())) return {};
        return money::MulDiv(minimums->at(Denom()), 10, 1, money::Rounding::kFloor);
    }
    /// The n-th place after what the account has used.
    OrderedPlace PlaceAfter(std::uint64_t n)
    {
        const auto account = reader.GetAccount(*signer.Address(Soon()), Soon());
        const auto status = reader.Status(Soon());
        EXPECT_TRUE(account && *account && status);
        return {.sequence = (*account)->sequence + n, .timeout_height = status->height + 600};
    }
    TxOutcome WaitFor(const std::string& hash)
    {
        const auto found = Eventually([&] { return reader.FindTx(hash, Soon()); },
                                      [](const auto& outcome) { return outcome.has_value(); });
        if (!found || !*found) return {.codespace = {}, .code = -1, .raw_log = "not found"};
        return **found;
    }

    TxOutcome SendAndWait(const std::vector<std::string>& messages)
    {
        const auto signed_tx = signer.Sign(messages, {}, Soon());
        EXPECT_TRUE(signed_tx) << signed_tx.error().message;
        if (!signed_tx) return {.codespace = {}, .code = -1, .raw_log = {}};
        const auto answer = signer.Broadcast(*signed_tx, Soon());
        EXPECT_TRUE(answer) << answer.error().message;
        return WaitFor(signed_tx->hash);
    }

    /// Creates a deployment of `ADeployment` and returns its id.
    DeploymentId Create(const RelayDeployment& deployment = ADeployment())
    {
        const DeploymentId id{*signer.Address(Soon()), RandomDseq()};
        const auto sdl = RenderSdl(deployment);
        const auto manifest = manifests.ManifestOf(*sdl, deployment, Soon());
        EXPECT_TRUE(manifest) << manifest.error().message;
        const auto message = CreateDeploymentMessage(id, manifest->groups_json, manifest->hash_hex,
                                                     Denom(), Deposit());
        const auto same = manifests.CheckMessage(message, *sdl, Soon());
        EXPECT_TRUE(same) << same.error().message;
        const auto outcome = SendAndWait({message});
        EXPECT_EQ(outcome.code, 0) << outcome.raw_log;
        return id;
    }

    std::optional<Bid> CheapestBid(const DeploymentId& id)
    {
        std::optional<Bid> best;
        const auto bids = Eventually([&] { return reader.ListOpenBids(id.owner, Soon()); },
                                     [&](const auto& all) {
                                         for (const auto& bid : all) {
                                             if (bid.id.dseq == id.dseq) return true;
                                         }
                                         return false;
                                     });
        for (const auto& bid : *bids) {
            if (bid.id.dseq != id.dseq) continue;
            if (!best || bid.price.amount_e18 < best->price.amount_e18) best = bid;
        }
        return best;
    }

    static inline tests::SandboxNetwork* network = nullptr;
    ProcessRunner runner{2};
    SystemClock clock;
    CliChainReader reader{runner, network->programs()};
    CliSigner signer{runner, network->programs(), clock};
    CliProviderGateway gateway{runner, network->programs()};
    CliManifestSource manifests{runner, network->programs()};
};

}  // namespace berth::akash
