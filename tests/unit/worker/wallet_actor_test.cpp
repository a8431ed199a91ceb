#include "worker/wallet/wallet_actor.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/fakes/fake_signer.hpp"
#include "tests/fakes/fake_worker_chain.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

/// The marketplace's side of a wallet, as its contract says: messages, transactions, an epoch.
class WalletBooks final : public Marketplace {
public:
    explicit WalletBooks(const test::FakeSigner& signer) : signer_{signer} {}

    std::vector<v1::OutboxMessage> messages;
    std::map<std::string, v1::WalletTransaction> transactions;
    std::vector<v1::WalletReport> reports;
    std::uint64_t epoch = 1;
    std::uint64_t holder = 1;    ///< The epoch that is live.
    bool loses_answers = false;  ///< Reports are taken, but nobody learns that.
    std::size_t sent_before_stored = 0;

    void Add(std::uint64_t id, const std::string& body)
    {
        auto& message = messages.emplace_back();
        message.set_id(id);
        message.set_body(body);
        message.set_state("pending");
    }
    std::string StateOf(std::uint64_t id) const
    {
        for (const auto& message : messages) {
            if (message.id() == id) return message.state();
        }
        return "unknown";
    }

    Result<v1::ReportWalletsResponse> ReportWallets(const v1::ReportWalletsRequest& request,
                                                    Deadline) override
    {
        const auto& report = request.wallets(0);
        reports.push_back(report);
        v1::ReportWalletsResponse response;
        auto& orders = *response.add_wallets();
        if (report.epoch() != 0 && report.epoch() != holder) {
            return Fail(ErrorCode::kAborted, "STALE_WALLET_EPOCH", "Leased again since.");
        }
        for (const auto& transaction : report.transactions()) Take(transaction);
        orders.set_epoch(holder);
        for (const auto& message : messages) {
            if (message.state() == "pending") *orders.add_pending() = message;
        }
        for (const auto& [hash, transaction] : transactions) {
            if (transaction.state() == "signed") *orders.add_unresolved() = transaction;
        }
        if (loses_answers) return Fail(ErrorCode::kTimeout, "MARKETPLACE_TIMEOUT", "No answer.");
        return response;
    }
    Result<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest&, Deadline) override
    {
        return v1::RegisterWorkerResponse{};
    }
    Result<v1::AcquireJobsResponse> Acquire(const v1::AcquireJobsRequest&, Deadline) override
    {
        return v1::AcquireJobsResponse{};
    }
    Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest&, Deadline) override
    {
        return v1::HeartbeatResponse{};
    }
    Result<v1::RecordStepsResponse> Record(const v1::RecordStepsRequest&, Deadline) override
    {
        return v1::RecordStepsResponse{};
    }

private:
    void Take(const v1::WalletTransaction& news)
    {
        if (news.state() == "signed") sent_before_stored += signer_.sent.size();
        const auto messages_of = transactions.contains(news.hash())
                                     ? transactions[news.hash()].messages()
                                     : news.messages();
        for (auto& message : messages) {
            for (const auto id : messages_of) {
                if (message.id() != id) continue;
                message.set_state(news.state() == "expired" ? "pending" : news.state());
                message.set_error(news.error());
            }
        }
        if (news.hash().empty()) return;
        if (news.state() == "signed") {
            transactions[news.hash()] = news;
        } else {
            transactions[news.hash()].set_state(news.state());
        }
    }

    const test::FakeSigner& signer_;
};

class WalletActorTest : public testing::Test {
protected:
    WalletActorTest()
    {
        chain_.balances = {{"uakt", 1'000'000}, {"uact", 20'000'000}};
        books_.Add(1, "create");
    }
    WalletActor Actor()
    {
        return {{books_, chain_, signer_, pace_, log_},
                {.least_gas = 1000, .least_deposit = 1000},
                "worker-1",
                60s};
    }
    static Deadline Soon() { return Deadline::After(5s); }

    test::FakeWorkerChain chain_;
    test::FakeSigner signer_{chain_};
    WalletBooks books_{signer_};
    akash::BlockPace pace_;
    std::ostringstream lines_;
    SystemClock clock_;
    Log log_{lines_, "test", clock_};
};

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
