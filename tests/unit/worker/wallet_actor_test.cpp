#include "tests/unit/worker/a_wallet.hpp"

namespace berth::worker {
namespace {

class WalletActorTest : public WalletTest {};

TEST_F(WalletActorTest, StoresTheSignedBytesBeforeItSendsThem)
{
    auto actor = Actor();
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.sent, std::vector<std::string>{"signed-1:create"});
    EXPECT_EQ(books_.sent_before_stored, 0U);
    EXPECT_EQ(books_.StateOf(1), "signed");
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
    EXPECT_EQ(signer_.sent.size(), 1U);
}

TEST_F(WalletActorTest, SendsTheSameBytesAgainWhenTheAnswerWasLost)
{
    auto actor = Actor();
    signer_.lands = false;
    signer_.answer_lost = true;
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.sent.size(), 2U);
    EXPECT_EQ(signer_.sent[0], signer_.sent[1]);
    EXPECT_EQ(signer_.signed_count, 1);
    EXPECT_EQ(books_.StateOf(1), "signed");
}

TEST_F(WalletActorTest, FindsWhatLandedAlthoughTheAnswerWasLost)
{
    auto actor = Actor();
    signer_.answer_lost = true;
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
    EXPECT_EQ(signer_.signed_count, 1);
}

TEST_F(WalletActorTest, ANewActorGoesOnWhereAKilledOneStopped)
{
    signer_.lands = false;
    {
        auto killed = Actor();
        ASSERT_TRUE(killed.Round(Soon()));
    }
    signer_.lands = true;
    auto actor = Actor();
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.signed_count, 1);
    EXPECT_EQ(books_.StateOf(1), "committed");
}

TEST_F(WalletActorTest, CallsATransactionExpiredOnlyWellPastItsTimeoutByTheChainsClock)
{
    auto actor = Actor();
    signer_.lands = false;
    ASSERT_TRUE(actor.Round(Soon()));
    chain_.Advance(50);
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "signed");
    EXPECT_EQ(signer_.signed_count, 1);
    chain_.Advance(5);
    signer_.lands = true;
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.signed_count, 2);
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
}

TEST_F(WalletActorTest, NeverSignsUnderAStaleEpoch)
{
    auto actor = Actor();
    books_.messages.clear();
    ASSERT_TRUE(actor.Round(Soon()));
    books_.holder = 2;
    books_.Add(2, "late");
    const auto refused = actor.Round(Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "WALLET_REFUSED");
    EXPECT_FALSE(actor.HoldsLease());
    EXPECT_EQ(signer_.signed_count, 0);
}

TEST_F(WalletActorTest, AsksForTheLeaseAnewOnceItWasLost)
{
    auto actor = Actor();
    books_.messages.clear();
    ASSERT_TRUE(actor.Round(Soon()));
    books_.holder = 2;
    ASSERT_TRUE(actor.Round(Soon()).has_error());
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.reports.back().epoch(), 0U);
    EXPECT_TRUE(actor.HoldsLease());
}

TEST_F(WalletActorTest, LeavesAMessagePendingThatCannotBeSignedNow)
{
    auto actor = Actor();
    books_.messages.clear();
    ASSERT_TRUE(actor.Round(Soon()));
    books_.Add(1, "create");
    signer_.refuses = Error{ErrorCode::kTimeout, "NODE_TIMEOUT", "The node is silent."};
    EXPECT_TRUE(actor.Round(Soon()).has_error());
    EXPECT_TRUE(signer_.sent.empty());
    EXPECT_EQ(books_.StateOf(1), "pending");
}

TEST_F(WalletActorTest, SignsNothingWhenTheAnswerToTheReportIsLost)
{
    auto actor = Actor();
    books_.loses_answers = true;
    EXPECT_TRUE(actor.Round(Soon()).has_error());
    EXPECT_EQ(signer_.signed_count, 0);
}

TEST_F(WalletActorTest, ReportsWhatTheSimulationRefusesWithoutSigning)
{
    auto actor = Actor();
    signer_.refuses =
        Error{ErrorCode::kPrecondition, "SIMULATION_FAILED", "deployment/20: too low"};
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "failed");
    const auto& told = books_.reports.back().transactions(0);
    EXPECT_TRUE(told.hash().empty());
    EXPECT_EQ(told.codespace(), "deployment");
    EXPECT_EQ(told.code(), 20);
    EXPECT_TRUE(signer_.sent.empty());
}

TEST_F(WalletActorTest, ReportsAPlainRefusalOfTheFirstSending)
{
    auto actor = Actor();
    signer_.says = akash::BroadcastAnswer{
        .hash = "HASH1", .codespace = "sdk", .code = 13, .raw_log = "insufficient fees"};
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "failed");
}

TEST_F(WalletActorTest, LooksUpWhatTheMempoolHasAlready)
{
    auto actor = Actor();
    signer_.says =
        akash::BroadcastAnswer{.hash = "HASH1", .codespace = "sdk", .code = 19, .raw_log = ""};
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "signed");
}

TEST_F(WalletActorTest, KeepsTheLeaseButSignsNothingWithoutMoneyForGas)
{
    auto actor = Actor();
    chain_.balances["uakt"] = 10;
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_TRUE(actor.HoldsLease());
    EXPECT_EQ(signer_.signed_count, 0);
    EXPECT_FALSE(books_.reports.back().ready());
    EXPECT_NE(books_.reports.back().not_ready_because().find("uakt"), std::string::npos);
}

TEST_F(WalletActorTest, KeepsTheLeaseWhileNoNodeCanBeRead)
{
    auto actor = Actor();
    books_.messages.clear();
    ASSERT_TRUE(actor.Round(Soon()));
    chain_.fails = Error{ErrorCode::kUnavailable, "NODE_UNAVAILABLE", "down"};
    EXPECT_TRUE(actor.Round(Soon()).has_error());
    EXPECT_TRUE(actor.HoldsLease());
    EXPECT_FALSE(books_.reports.back().ready());
}

TEST_F(WalletActorTest, TellsWhichDeploymentsAreOnChain)
{
    auto actor = Actor();
    chain_.deployments[5] = {
        .id = {"akash1wallet", 5}, .state = "active", .hash_hex = {}, .escrow = {}};
    chain_.deployments[6] = {
        .id = {"akash1wallet", 6}, .state = "closed", .hash_hex = {}, .escrow = {}};
    ASSERT_TRUE(actor.Round(Soon()));
    const auto& report = books_.reports.front();
    ASSERT_EQ(report.deployments_size(), 1);
    EXPECT_EQ(report.deployments(0), 5U);
    EXPECT_EQ(report.height(), chain_.status.height);
}

TEST_F(WalletActorTest, GivesTheLeaseBackAtTheEnd)
{
    auto actor = Actor();
    ASSERT_TRUE(actor.Round(Soon()));
    actor.Release(Soon());
    EXPECT_TRUE(books_.reports.back().release());
    EXPECT_FALSE(actor.HoldsLease());
}

}  // namespace
}  // namespace berth::worker
