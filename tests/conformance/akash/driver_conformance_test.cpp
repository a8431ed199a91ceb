// What the driver promises, on a running network. Everything in DriverConformance is valid on a
// real chain too; what commands the sandbox's faults skips there.

#include "tests/conformance/akash/driver_fixture.hpp"

namespace berth::akash {
namespace {

using namespace std::chrono_literals;

TEST_F(DriverConformance, ReadsStatusAccountAndBalances)
{
    const auto status = reader.Status(Soon());
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(status->chain_id, network->programs().chain_id);
    EXPECT_GT(status->height, 0);
    EXPECT_LT(std::chrono::abs(status->block_time - clock.Now()), 5min);

    const auto address = signer.Address(Soon());
    ASSERT_TRUE(address);
    const auto account = reader.GetAccount(*address, Soon());
    ASSERT_TRUE(account && *account);
    EXPECT_EQ((*account)->address, *address);
    const auto balance = reader.Balance(*address, network->programs().gas_denom, Soon());
    ASSERT_TRUE(balance) << balance.error().message;
    EXPECT_GT(*balance, money::Amount{0});
}

TEST_F(DriverConformance, FindsNothingWhereTheChainKnowsNothing)
{
    const DeploymentId id{*signer.Address(Soon()), RandomDseq()};
    const auto deployment = reader.GetDeployment(id, Soon());
    ASSERT_TRUE(deployment) << deployment.error().message;
    EXPECT_FALSE(*deployment);
    const auto tx = reader.FindTx(std::string(64, 'A'), Soon());
    ASSERT_TRUE(tx) << tx.error().message;
    EXPECT_FALSE(*tx);
    const auto leases = reader.ListLeases(id, Soon());
    ASSERT_TRUE(leases);
    EXPECT_TRUE(leases->empty());
}

TEST_F(DriverConformance, RunsADeploymentFromCreationToRefund)
{
    const auto id = Create();
    const auto created = reader.GetDeployment(id, Soon());
    ASSERT_TRUE(created && *created);
    EXPECT_EQ((*created)->state, "active");

    const auto bid = CheapestBid(id);
    ASSERT_TRUE(bid);
    EXPECT_EQ(bid->price.denom, Denom());
    ASSERT_EQ(SendAndWait({CreateLeaseMessage(bid->id)}).code, 0);
    const auto leases = reader.ListLeases(id, Soon());
    ASSERT_TRUE(leases);
    ASSERT_EQ(leases->size(), 1u);
    EXPECT_EQ(leases->front().id, bid->id);
    EXPECT_EQ(leases->front().state, "active");

    EXPECT_EQ(gateway.LeaseStatus(bid->id, Soon()).error().reason, "NO_MANIFEST");
    const auto sdl = RenderSdl(ADeployment());
    const auto sent = gateway.SendManifest(bid->id, sdl->Expose(), Soon());
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_TRUE(gateway.SendManifest(bid->id, sdl->Expose(), Soon())) << "Sending again is safe.";
    auto other = ADeployment();
    other.relay_image = "example.com/other:2.0";
    EXPECT_EQ(gateway.SendManifest(bid->id, RenderSdl(other)->Expose(), Soon()).error().reason,
              "MANIFEST_REFUSED");
    const auto status =
        Eventually([&] { return gateway.LeaseStatus(bid->id, Soon()); },
                   [](const auto& services) {
                       return services.contains("relay") && services.at("relay").available > 0;
                   });
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_GE(status->at("relay").available, 1);
    EXPECT_FALSE(status->at("relay").uris.empty());
    EXPECT_TRUE(status->at("postgres").uris.empty());
    EXPECT_TRUE(gateway.LeaseLogs(bid->id, 4096, Soon()));

    EXPECT_EQ(SendAndWait({DepositMessage(id.owner, id, Denom(), Deposit())}).code, 0);
    const auto before = reader.Balance(id.owner, Denom(), Soon());
    EXPECT_EQ(SendAndWait({CloseDeploymentMessage(id)}).code, 0);
    const auto after = reader.Balance(id.owner, Denom(), Soon());
    EXPECT_GT(*after, *before) << "What the lease did not use comes back.";
    const auto closed = reader.GetDeployment(id, Soon());
    ASSERT_TRUE(closed && *closed);
    EXPECT_EQ((*closed)->state, "closed");
    EXPECT_EQ(gateway.SendManifest(bid->id, sdl->Expose(), Soon()).error().reason,
              "NO_ACTIVE_LEASE");
}

TEST_F(DriverConformance, RefusesWhatTheChainWouldRefuseBeforeSpending)
{
    const auto id = Create();
    const auto again = signer.Sign({CloseDeploymentMessage({id.owner, id.dseq + 1})}, {}, Soon());
    ASSERT_TRUE(again.has_error());
    EXPECT_EQ(again.error().reason, "SIMULATION_FAILED");
    EXPECT_NE(again.error().message.find("Deployment not found"), std::string::npos);
    EXPECT_EQ(SendAndWait({CloseDeploymentMessage(id)}).code, 0);
}

TEST_F(DriverConformance, GetsBidsForAVolumeOfAClassThatProvidersHave)
{
    auto deployment = ADeployment();
    std::optional<DeploymentId> of_no_provider;
    if (!network->is_real()) {
        deployment.storage_class = "beta1";
        of_no_provider = Create(deployment);
    }
    deployment.storage_class = "beta2";
    const auto id = Create(deployment);
    ASSERT_TRUE(CheapestBid(id));
    const auto bids = reader.ListOpenBids(id.owner, Soon());
    ASSERT_TRUE(bids);
    for (const auto& bid : *bids) {
        EXPECT_FALSE(of_no_provider && bid.id.dseq == of_no_provider->dseq);
    }
}

TEST_F(DriverConformance, LooksUpATransactionThatWasSentTwice)
{
    const auto id = Create();
    const auto signed_tx = signer.Sign({CloseDeploymentMessage(id)}, {}, Soon());
    ASSERT_TRUE(signed_tx) << signed_tx.error().message;
    ASSERT_TRUE(signer.Broadcast(*signed_tx, Soon()));
    const auto second = signer.Broadcast(*signed_tx, Soon());
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(Judge(second->codespace, second->code, second->raw_log), ChainVerdict::kLookUp);
    const auto found = Eventually([&] { return reader.FindTx(signed_tx->hash, Soon()); },
                                  [](const auto& outcome) { return outcome.has_value(); });
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->code, 0);
}

TEST_F(DriverConformance, FindsThatItsMessageIsNotWhatTheProgramMakes)
{
    if (network->is_real()) GTEST_SKIP() << "A wallet without a certificate compares nothing.";
    const auto sdl = RenderSdl(ADeployment());
    const auto manifest = manifests.ManifestOf(*sdl, ADeployment(), Soon());
    ASSERT_TRUE(manifest);
    const DeploymentId id{*signer.Address(Soon()), RandomDseq()};
    auto groups = manifest->groups_json;
    const std::string count = R"("count":1)";
    groups.replace(groups.find(count), count.size(), R"("count":2)");
    const auto other = CreateDeploymentMessage(id, groups, manifest->hash_hex, Denom(), Deposit());
    EXPECT_EQ(manifests.CheckMessage(other, *sdl, Soon()).error().reason, "MESSAGE_MISMATCH");
    const auto wrong_hash = CreateDeploymentMessage(id, manifest->groups_json, std::string(64, 'a'),
                                                    Denom(), Deposit());
    EXPECT_EQ(manifests.CheckMessage(wrong_hash, *sdl, Soon()).error().reason, "MESSAGE_MISMATCH");
}

TEST_F(DriverConformance, CallsALostAnswerUnknownAndFindsTheTransaction)
{
    if (network->is_real()) GTEST_SKIP() << "Faults are the sandbox's.";
    const auto id = Create();
    const auto signed_tx = signer.Sign({CloseDeploymentMessage(id)}, {}, Soon());
    ASSERT_TRUE(signed_tx);
    network->Control({"lose-answers", "count=1"});
    const auto answer = signer.Broadcast(*signed_tx, Soon());
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().code, ErrorCode::kUnknown);
    const auto found = Eventually([&] { return reader.FindTx(signed_tx->hash, Soon()); },
                                  [](const auto& outcome) { return outcome.has_value(); });
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->code, 0);
}

TEST_F(DriverConformance, TypesTheFaultsOfANode)
{
    if (network->is_real()) GTEST_SKIP() << "Faults are the sandbox's.";
    for (const char* mode : {"502", "garbage", "drop"}) {
        network->Control({"node", std::string{"mode="} + mode});
        const auto status = reader.Status(Soon());
        ASSERT_TRUE(status.has_error()) << mode;
        EXPECT_EQ(status.error().reason, "NODE_UNAVAILABLE") << mode;
    }
    network->Control({"node", "mode=hang"});
    const auto hung = reader.Status(Deadline::After(500ms));
    ASSERT_TRUE(hung.has_error());
    EXPECT_EQ(hung.error().reason, "NODE_TIMEOUT");
}

TEST_F(DriverConformance, TriesTheNextNode)
{
    auto programs = network->programs();
    programs.nodes.insert(programs.nodes.begin(), "http://127.0.0.1:1");
    CliChainReader two_nodes{runner, programs};
    EXPECT_TRUE(two_nodes.Status(Soon()));
    EXPECT_TRUE(two_nodes.Balance(*signer.Address(Soon()), programs.gas_denom, Soon()));
    CliSigner two_node_signer{runner, programs, clock};
    const auto id = Create();
    const auto closing = two_node_signer.Sign({CloseDeploymentMessage(id)}, {}, Soon());
    ASSERT_TRUE(closing) << closing.error().message;
    ASSERT_TRUE(two_node_signer.Broadcast(*closing, Soon()));
    EXPECT_EQ(WaitFor(closing->hash).code, 0);

    CliProviderGateway two_node_gateway{runner, programs};
    const LeaseId nowhere{*signer.Address(Soon()), RandomDseq(), 1, 1, "akash1nobody"};
    const auto sent =
        two_node_gateway.SendManifest(nowhere, RenderSdl(ADeployment())->Expose(), Soon());
    EXPECT_EQ(sent.error().reason, "NO_ACTIVE_LEASE");
}

TEST_F(DriverConformance, TypesTheFaultsOfAProvider)
{
    if (network->is_real()) GTEST_SKIP() << "Faults are the sandbox's.";
    const auto id = Create();
    const auto bid = CheapestBid(id);
    ASSERT_TRUE(bid);
    ASSERT_EQ(SendAndWait({CreateLeaseMessage(bid->id)}).code, 0);
    const auto sdl = RenderSdl(ADeployment());
    network->Control({"manifest-500", "provider=alder"});
    EXPECT_EQ(gateway.SendManifest(bid->id, sdl->Expose(), Soon()).error().reason,
              "MANIFEST_UNKNOWN");
    network->Control({"provider-down", "provider=alder"});
    EXPECT_EQ(gateway.SendManifest(bid->id, sdl->Expose(), Soon()).error().reason,
              "PROVIDER_UNAVAILABLE");
    EXPECT_EQ(gateway.LeaseStatus(bid->id, Soon()).error().reason, "PROVIDER_UNAVAILABLE");
    network->Control({"heal"});
    EXPECT_EQ(SendAndWait({CloseDeploymentMessage(id)}).code, 0);
}

TEST_F(DriverConformance, FindsEverythingAgainAfterTheNetworkWasKilled)
{
    if (network->is_real()) GTEST_SKIP() << "Faults are the sandbox's.";
    const auto id = Create();
    const auto bid = CheapestBid(id);
    ASSERT_TRUE(bid);
    ASSERT_EQ(SendAndWait({CreateLeaseMessage(bid->id)}).code, 0);
    ASSERT_TRUE(gateway.SendManifest(bid->id, RenderSdl(ADeployment())->Expose(), Soon()));
    const auto height = reader.Status(Soon())->height;

    network->KillAndRestart();

    EXPECT_GE(reader.Status(Soon())->height, height);
    const auto leases = reader.ListLeases(id, Soon());
    ASSERT_TRUE(leases);
    ASSERT_EQ(leases->size(), 1u);
    EXPECT_EQ(leases->front().state, "active");
    const auto status =
        Eventually([&] { return gateway.LeaseStatus(bid->id, Soon()); },
                   [](const auto& services) {
                       return services.contains("relay") && services.at("relay").available > 0;
                   });
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_GE(status->at("relay").available, 1);
    EXPECT_EQ(SendAndWait({CloseDeploymentMessage(id)}).code, 0);
}

}  // namespace
}  // namespace berth::akash
