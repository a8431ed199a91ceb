#include <gmock/gmock.h>

#include "marketplace/call/signed_event.hpp"
#include "marketplace/queue/outbox_store.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class ProvisioningTest : public ::testing::Test {
protected:
    v1::StepReport Failed(const std::string& reason)
    {
        v1::StepReport report;
        report.mutable_failed()->set_reason(reason);
        report.mutable_failed()->set_message("It cannot be done.");
        return report;
    }
    /// From a paid order to an active one.
    std::string MakeActive()
    {
        const auto order_id = world_.PlaceOne();
        const auto job = world_.ProvisionUntil(order_id, "verify_relay");
        EXPECT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
        EXPECT_TRUE(world_.RunOwnJob());  // Verifies.
        EXPECT_TRUE(world_.RunOwnJob());  // Activates.
        EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_ACTIVE);
        return order_id;
    }
    /// The worker's and the marketplace's part of closing an order.
    void Close(const std::string& order_id, std::int64_t height)
    {
        auto job = world_.Acquire();
        ASSERT_EQ(job.kind() + '/' + job.step(), "close/close_deployment");
        world_.chain.Close(job.order().dseq(), height, *akash::ParseDec18("2701.8062"));
        job = world_.Done(job).next();
        ASSERT_EQ(job.step(), "remove_edge");
        job = world_.Done(job).next();
        ASSERT_EQ(job.step(), "confirm_closed");
        ASSERT_TRUE(world_.Done(job).recorded());
        ASSERT_TRUE(world_.RunOwnJob());
        EXPECT_EQ(world_.Get(order_id).step(), "");
    }
    std::string Balance(const std::string& account, const std::string& asset)
    {
        return world_.database.Value("SELECT coalesce(sum(amount * ((debit = '" + account +
                                     "')::int - (credit = '" + account +
                                     "')::int)), 0) FROM entries WHERE asset = '" + asset + "'");
    }
    std::int64_t Sum(const std::string& column)
    {
        return std::stoll(
            world_.database.Value("SELECT coalesce(sum(" + column + "), 0) FROM margins"));
    }

    test::OrderWorld world_;
};

TEST_F(ProvisioningTest, AProvenRelayTurnsTheHoldIntoDeferredRevenueAndIsMetered)
{
    const auto order_id = MakeActive();
    EXPECT_EQ(world_.ChannelSums(), "50000000 26000000 0 24000000");
    EXPECT_EQ(world_.database.Value("SELECT state FROM holds"), "deferred");
    EXPECT_EQ(Sum("revenue_usd_micros"), 2'000'000);  // The setup price.
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.relay_url(), "wss://" + order.hostname());
    EXPECT_EQ(order.acceptance().prober(), "marketplace");
    world_.chain.SetHeight(100'095);
    const auto job = world_.Acquire();
    ASSERT_EQ(job.kind(), "meter_lease");
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(Sum("lease_cost_usd_micros"), 2'701'806);  // 100,000 blocks at 27.018062 uact.
    EXPECT_EQ(Sum("other_cost_usd_micros"), 10'000);     // Two fees of 2,500 uakt at 2 dollars.
    EXPECT_EQ(world_.Acquire().kind(), "meter_lease");
}

TEST_F(ProvisioningTest, AFailureWithoutBidsLeavesExactlyTheCreditOfBefore)
{
    const auto order_id = world_.PlaceOne();
    const auto before = world_.ChannelSums();
    const auto job = world_.ProvisionUntil(order_id, "choose_bid");
    EXPECT_NE(world_.ChannelSums(), before);
    ASSERT_TRUE(world_.Report(job, Failed("NO_BID"), 2000).recorded());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSING);
    EXPECT_NE(world_.ChannelSums(), before) << "the hold stays until the chain confirms the close";
    Close(order_id, 120);
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.state(), v1::ORDER_STATE_FAILED);
    EXPECT_EQ(order.failure().reason(), "NO_BID");
    EXPECT_EQ(order.failure().refunded(), "24000000");
    EXPECT_EQ(world_.ChannelSums(), before);
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs"), "0");
    EXPECT_EQ(Sum("revenue_usd_micros"), 0);
}

TEST_F(ProvisioningTest, AFailureBeforeAnythingIsSignedGivesTheCreditBackAtOnce)
{
    const auto order_id = world_.PlaceOne();
    const auto before = world_.ChannelSums();
    const auto job = world_.ProvisionUntil(order_id, "create_deployment");
    world_.QueueMessage(job);
    world_.database.Do(
        [](pqxx::work& tx) { tx.exec0("UPDATE jobs SET step_deadline = now() - interval '1 s'"); });
    proof::Sweeper sweeper{world_.parts};
    ASSERT_TRUE(sweeper.Sweep());
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.state(), v1::ORDER_STATE_FAILED);
    EXPECT_EQ(order.failure().reason(), "STEP_TIMED_OUT");
    EXPECT_EQ(world_.ChannelSums(), before);
    EXPECT_EQ(world_.database.Value("SELECT state || error FROM outbox_messages"),
              "failedABANDONED");
}

TEST_F(ProvisioningTest, AnOrderWhoseTransactionIsUnderWayIsClosedOnlyAfterItsFate)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "create_deployment");
    world_.QueueMessage(job);
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("UPDATE outbox_messages SET state = 'signed'");
        tx.exec0("UPDATE jobs SET step_deadline = now() - interval '1 s'");
    });
    proof::Sweeper sweeper{world_.parts};
    ASSERT_TRUE(sweeper.Sweep());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSING);
    EXPECT_EQ(world_.database.Value("SELECT run_at::text FROM jobs WHERE kind = 'close'"),
              "infinity");
    world_.database.Do([&](pqxx::work& tx) {
        queue::Settle(tx, world_.operator_id, 1, {.state = "committed", .height = 90});
    });
    const auto close = world_.Acquire();
    EXPECT_EQ(close.kind(), "close");
    ASSERT_EQ(close.outbox_size(), 1);
    EXPECT_EQ(close.outbox(0).kind(), "create_deployment");
}

TEST_F(ProvisioningTest, AReportUnderAStaleEpochChangesNothing)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "choose_bid");
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE jobs SET leased_until = now()"); });
    const auto taken = world_.Acquire("w2");
    EXPECT_GT(taken.epoch(), job.epoch());
    const auto before = world_.Get(order_id).SerializeAsString();
    const auto refused = world_.Report(job, Failed("TOO_LATE"), 2000);
    EXPECT_FALSE(refused.recorded());
    EXPECT_EQ(refused.reason(), "STALE_EPOCH");
    EXPECT_EQ(world_.Get(order_id).SerializeAsString(), before);
    v1::HeartbeatRequest beat;
    beat.set_worker("w1");
    auto& lease = *beat.add_leases();
    lease.set_job(job.name());
    lease.set_epoch(job.epoch());
    EXPECT_EQ(world_.workers.Heartbeat(world_.Operator(), beat)->lost_size(), 1);
}

TEST_F(ProvisioningTest, AReportThatIsSentAgainIsTakenOnce)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "verify_relay");
    v1::StepReport done;
    done.mutable_done();
    *done.mutable_facts() = world_.FactsOf(job);
    ASSERT_TRUE(world_.Report(job, done, 2000).recorded());
    const auto events = world_.Get(order_id).last_event();
    EXPECT_TRUE(world_.Report(job, done, 2000).recorded()) << "only its answer was lost";
    EXPECT_EQ(world_.Get(order_id).last_event(), events);
    EXPECT_EQ(world_.Report(job, done, 2001).reason(), "STALE_EPOCH");
}

TEST_F(ProvisioningTest, ALeaseThatTheChainShowsOtherwiseIsNotBooked)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "verify_relay");
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    auto lease = (*world_.chain.ListLeases({"", job.order().dseq()}, Deadline::max()))[0];
    lease.price.amount_e18 += 1;
    world_.chain.Put(lease);
    ASSERT_TRUE(world_.RunOwnJob());
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.state(), v1::ORDER_STATE_CLOSING);
    EXPECT_EQ(order.failure().reason(), "LEASE_MISMATCH");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM leases"), "0");
}

TEST_F(ProvisioningTest, ARelayThatTheMarketplaceCannotProveIsNotActive)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "verify_relay");
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    world_.probe.accepts = false;
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_PROVISIONING);
    EXPECT_EQ(Sum("revenue_usd_micros"), 0);
    world_.probe.accepts = true;
    ASSERT_TRUE(world_.RunOwnJob());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_ACTIVE);
}

TEST_F(ProvisioningTest, PaidTimeThatIsOverClosesTheOrderAndSettlesTheLease)
{
    const auto order_id = MakeActive();
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("UPDATE orders SET paid_through = now()");
        tx.exec0("DELETE FROM jobs WHERE kind = 'meter_lease'");
    });
    proof::Sweeper sweeper{world_.parts};
    ASSERT_TRUE(sweeper.Sweep());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSING);
    Close(order_id, 195);
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSED);
    EXPECT_EQ(Sum("lease_cost_usd_micros"), 2'702);  // 2,701.8062 uact, as the chain settled.
    EXPECT_EQ(world_.database.Value("SELECT closed_height FROM leases"), "195");
}

TEST_F(ProvisioningTest, AnOrderThatIsClosedEarlyLeavesNothingDeferredAndNothingInEscrow)
{
    const auto order_id = MakeActive();
    EXPECT_EQ(Balance("lease_escrow", "uact"), "5000000");
    v1::CancelOrderRequest request;
    request.set_event(
        world_.Signed(call::kCancelKind, R"({"order":"orders/)" + order_id + R"("})"));
    ASSERT_TRUE(world_.handlers.CancelOrder(world_.Customer(), request));
    world_.database.Do(
        [](pqxx::work& tx) { tx.exec0("DELETE FROM jobs WHERE kind = 'meter_lease'"); });
    Close(order_id, 195);
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSED);
    EXPECT_EQ(Balance("deferred_revenue", "usd"), "0");
    EXPECT_EQ(Sum("revenue_usd_micros"), 12'000'000);
    EXPECT_EQ(Balance("lease_cost", "uact"), "2702");
    EXPECT_EQ(Balance("lease_escrow", "uact"), "0");
    EXPECT_EQ(Balance("operator_wallet", "uact"), "-2702");
}

TEST_F(ProvisioningTest, ALeaseThatItsProviderEndsForfeitsNothingOfTheCustomers)
{
    const auto order_id = MakeActive();
    const auto job = world_.Acquire();
    ASSERT_EQ(job.kind(), "meter_lease");
    world_.chain.Close(job.order().dseq(), 195, *akash::ParseDec18("2701.8062"));
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id).failure().reason(), "LEASE_ENDED");
    Close(order_id, 195);
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSED);
    EXPECT_NE(Balance("deferred_revenue", "usd"), "0");
    EXPECT_LT(Sum("revenue_usd_micros"), 3'000'000);  // The setup price and some moments.
}

TEST_F(ProvisioningTest, AWalletHasOneSigner)
{
    world_.SettleMessages("w1");
    v1::ReportWalletsRequest request;
    request.set_worker("w2");
    request.add_wallets()->set_address("akash1wallet");
    auto told = world_.workers.ReportWallets(world_.Operator(), request);
    ASSERT_TRUE(told.has_error());
    EXPECT_EQ(told.error().code, ErrorCode::kAborted);
    EXPECT_EQ(told.error().reason, "WALLET_LEASED_ELSEWHERE");
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE wallets SET leased_until = now()"); });
    told = world_.workers.ReportWallets(world_.Operator(), request);
    EXPECT_EQ(told->wallets(0).epoch(), 2U);
    request.set_worker("w1");
    request.mutable_wallets(0)->set_epoch(1);
    told = world_.workers.ReportWallets(world_.Operator(), request);
    ASSERT_TRUE(told.has_error());
    EXPECT_EQ(told.error().reason, "STALE_WALLET_EPOCH");
}

TEST_F(ProvisioningTest, AWalletThatAnotherHoldsDoesNotFailItsNeighbour)
{
    world_.SettleMessages("w1");
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0(
            "INSERT INTO wallets (operator_id, address, chain_id) "
            "SELECT operator_id, 'akash1free', chain_id FROM wallets");
    });
    v1::ReportWalletsRequest request;
    request.set_worker("w2");
    request.add_wallets()->set_address("akash1wallet");
    request.add_wallets()->set_address("akash1free");
    const auto told = world_.workers.ReportWallets(world_.Operator(), request);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->wallets(0).refused(), "WALLET_LEASED_ELSEWHERE");
    EXPECT_EQ(told->wallets(1).epoch(), 1U);
}

TEST_F(ProvisioningTest, ALeaseAboveTheCeilingIsRefusedWhateverTheWorkerChose)
{
    world_.provider_price = "40.000000000000000000";  // 8.64 dollars a month at 12 s a block.
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "verify_relay");
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.state(), v1::ORDER_STATE_CLOSING);
    EXPECT_EQ(order.failure().reason(), "LEASE_TOO_DEAR");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM leases"), "0");
}

TEST_F(ProvisioningTest, AJobKnowsTheNewestPriceOfAct)
{
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("INSERT INTO price_snapshots VALUES ('p8', 'uact', 98000000, 't', now() + '1 s')");
    });
    const auto job = world_.ProvisionUntil(world_.PlaceOne(), "prepare");
    EXPECT_EQ(job.order().act_price_usd_e8(), 98'000'000);
}

TEST_F(ProvisioningTest, AMessageThatTheSimulationRefusedFailsAndWakesItsJob)
{
    const auto job = world_.ProvisionUntil(world_.PlaceOne(), "create_deployment");
    world_.QueueMessage(job);
    v1::WalletReport report;
    auto& refused = *report.add_transactions();
    refused.set_state("failed");
    refused.set_codespace("deployment");
    refused.set_code(5);
    refused.set_error("deployment/5: invalid");
    refused.add_messages(
        std::stoull(world_.database.Value("SELECT message_id FROM outbox_messages")));
    EXPECT_EQ(world_.Exchange(report).refused(), "");
    const auto woken = world_.Acquire();
    ASSERT_EQ(woken.outbox_size(), 1);
    EXPECT_EQ(woken.outbox(0).state(), "failed");
    EXPECT_EQ(woken.outbox(0).code(), 5);
    EXPECT_EQ(world_.Exchange(report).refused(), "") << "its answer may have been lost";
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM transactions"), "0");
}

TEST_F(ProvisioningTest, ADeploymentThatBelongsToNoOrderIsNamedAndLeftAlone)
{
    const auto order_id = MakeActive();
    const auto known = std::stoull(world_.database.Value("SELECT dseq FROM orders"));
    v1::WalletReport report;
    report.add_deployments(known);
    report.add_deployments(4711);
    EXPECT_EQ(world_.Exchange(report).unknown_deployments_size(), 0) << "nothing was read";
    report.set_height(100);
    for (int i = 0; i < 2; ++i) {
        const auto told = world_.Exchange(report);
        ASSERT_EQ(told.unknown_deployments_size(), 1);
        EXPECT_EQ(told.unknown_deployments(0), 4711U);
        EXPECT_EQ(told.pending_size(), 0);
    }
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE orders SET state = 9"); });
    EXPECT_EQ(world_.Exchange(report).unknown_deployments_size(), 1) << "it ended just now";
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE orders SET last_event = 0"); });
    EXPECT_EQ(world_.Exchange(report).unknown_deployments_size(), 2) << "it ended long ago";
}

}  // namespace
}  // namespace berth
