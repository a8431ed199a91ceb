// Transactions with sequences, as wallets send them whose nodes take no unordered ones.

#include "tests/conformance/akash/driver_fixture.hpp"

namespace berth::akash {
namespace {

class OrderedConformance : public DriverConformance {};

TEST_F(OrderedConformance, SendsTransactionsAtSequencesThatWereAssignedBeforehand)
{
    const std::vector ids{Create(), Create()};
    std::vector<std::string> hashes;
    const auto first = PlaceAfter(0);
    for (std::uint64_t i = 0; i < ids.size(); ++i) {
        const OrderedPlace place{first.sequence + i, first.timeout_height};
        const auto made = signer.Sign({CloseDeploymentMessage(ids[i])}, place, Soon());
        ASSERT_TRUE(made) << made.error().message;
        const auto answer = signer.Broadcast(*made, Soon());
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->code, 0) << answer->raw_log;
        hashes.push_back(made->hash);
    }
    for (std::uint64_t i = 0; i < ids.size(); ++i) {
        EXPECT_EQ(WaitFor(hashes[i]).code, 0);
        const auto user = reader.FindTxBySequence(ids[i].owner, first.sequence + i, Soon());
        ASSERT_TRUE(user && *user);
        EXPECT_EQ(**user, hashes[i]);
    }
}

TEST_F(OrderedConformance, TypesASequenceThatTheChainDoesNotExpect)
{
    const auto id = Create();
    const auto early = signer.Sign({CloseDeploymentMessage(id)}, PlaceAfter(5), Soon());
    ASSERT_TRUE(early.has_error());
    EXPECT_EQ(early.error().reason, "SEQUENCE_MISMATCH");
    const auto nobody = reader.FindTxBySequence(id.owner, PlaceAfter(5).sequence, Soon());
    ASSERT_TRUE(nobody) << nobody.error().message;
    EXPECT_FALSE(*nobody);
    EXPECT_EQ(SendAndWait({CloseDeploymentMessage(id)}).code, 0);
}

TEST_F(OrderedConformance, TypesNodesWithoutUnorderedTransactionsAndGoesOnInOrder)
{
    if (network->is_real()) GTEST_SKIP() << "Faults are the sandbox's.";
    for (const char* mode : {"no", "unknown"}) {
        network->Control({"heal"});
        const auto id = Create();
        network->Control({"unordered", std::string{"mode="} + mode});
        const auto refused = signer.Sign({CloseDeploymentMessage(id)}, {}, Soon());
        ASSERT_TRUE(refused.has_error()) << mode;
        EXPECT_EQ(refused.error().reason, "UNORDERED_REFUSED") << mode;
        const auto made = signer.Sign({CloseDeploymentMessage(id)}, PlaceAfter(0), Soon());
        ASSERT_TRUE(made) << made.error().message;
        ASSERT_TRUE(signer.Broadcast(*made, Soon()));
        EXPECT_EQ(WaitFor(made->hash).code, 0) << mode;
    }
}

}  // namespace
}  // namespace berth::akash
