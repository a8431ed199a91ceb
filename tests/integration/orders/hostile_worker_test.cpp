// What a worker reports, however wrong, ends no program and leaves nothing on chain unpaid for.
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class HostileWorkerTest : public ::testing::Test {
protected:
    static v1::StepReport Transacts()
    {
        v1::StepReport report;
        report.mutable_transact()->set_kind("create_deployment");
        report.mutable_transact()->set_body("{}");
        return report;
    }
    /// A paid order whose creation waits to be signed; its id.
    std::string AwaitSignature()
    {
        const auto order_id = world_.PlaceOne();
        const auto job = world_.ProvisionUntil(order_id, "create_deployment");
        EXPECT_TRUE(world_.Report(job, Transacts(), 2000).recorded());
        return order_id;
    }
    v1::WalletReport Signed(const std::string& fee_uakt)
    {
        v1::WalletReport report;
        auto& made = *report.add_transactions();
        made.set_hash(ToHex(RandomBytes(32)));
        made.set_signed_bytes("{}");
        made.set_timeout(ToUnixSeconds(world_.clock.Now()) + 300);
        made.set_fee_uakt(fee_uakt);
        made.add_messages(
            std::stoull(world_.database.Value("SELECT max(message_id) FROM outbox_messages")));
        made.set_state("signed");
        return report;
    }
    Result<v1::CancelOrderResponse> Cancel(const std::string& order_id)
    {
        v1::CancelOrderRequest request;
        request.set_event(
            world_.Signed(call::kCancelKind, R"({"order":"orders/)" + order_id + R"("})"));
        return world_.handlers.CancelOrder(world_.Customer(), request);
    }
    std::string Message() const
    {
        return world_.database.Value("SELECT state || ' ' || error FROM outbox_messages");
    }

    test::OrderWorld world_;
};

TEST_F(HostileWorkerTest, AFeeBeyondAllMoneyIsRefused)
{
    AwaitSignature();
    world_.Exchange({});
    for (const auto* fee : {"340282366920938463463374607431768211455", "1000000000001", "-1"}) {
        auto report = Signed(fee);
        report.set_address("akash1wallet");
        report.set_epoch(1);
        v1::ReportWalletsRequest request;
        request.set_worker("w1");
        *request.add_wallets() = report;
        const auto told = world_.workers.ReportWallets(world_.Operator(), request);
        ASSERT_TRUE(told);
        EXPECT_EQ(told->wallets(0).refused(), "BAD_TRANSACTION") << fee;
    }
    EXPECT_EQ(Message(), "pending ");
}

TEST_F(HostileWorkerTest, ALeaseInAnAssetThatTheBooksDoNotKnowIsNotTaken)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "verify_relay");
    auto facts = world_.FactsOf(job);
    auto lease = (*world_.chain.ListLeases({"", job.order().dseq()}, Deadline::max()))[0];
    lease.price.denom = "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1";
    world_.chain.Put(lease);
    *facts.mutable_lease() = job.order().facts().lease();
    facts.mutable_lease()->set_price_denom(lease.price.denom);
    ASSERT_TRUE(world_.Done(job, facts).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    const auto order = world_.Get(order_id);
    EXPECT_EQ(order.state(), v1::ORDER_STATE_CLOSING);
    EXPECT_EQ(order.failure().reason(), "LEASE_UNPRICED");
}

TEST_F(HostileWorkerTest, ALeaseIsSettledInWhatItWasBookedInWhateverIsToldLater)
{
    const auto order_id = world_.PlaceOne();
    auto job = world_.ProvisionUntil(order_id, "verify_relay");
    ASSERT_TRUE(world_.Done(job, world_.FactsOf(job)).recorded());
    ASSERT_TRUE(world_.RunOwnJob());  // Verifies.
    ASSERT_TRUE(world_.RunOwnJob());  // Activates.
    ASSERT_TRUE(Cancel(order_id));
    world_.database.Do(
        [](pqxx::work& tx) { tx.exec0("DELETE FROM jobs WHERE kind = 'meter_lease'"); });
    job = world_.Acquire();
    v1::Facts facts;
    *facts.mutable_lease() = job.order().facts().lease();
    facts.mutable_lease()->set_price_denom("nothing");
    job = world_.Done(job, facts).next();
    world_.chain.Close(job.order().dseq(), 195, *akash::ParseDec18("2701.8062"));
    job = world_.Done(job).next();
    ASSERT_TRUE(world_.Done(job).recorded());
    ASSERT_TRUE(world_.RunOwnJob());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSED);
    EXPECT_EQ(world_.database.Value("SELECT string_agg(DISTINCT asset, ' ') FROM entries "
                                    "WHERE kind = 'lease_true_up'"),
              "uact");
}

TEST_F(HostileWorkerTest, AnOrderThatIsCancelledWhileItsWalletSignsIsClosedNotForgotten)
{
    const auto order_id = AwaitSignature();
    pqxx::connection connection{world_.database.url()};
    pqxx::work signing{connection};  // The wallet's exchange, not yet committed.
    signing.exec0("UPDATE outbox_messages SET state = 'signed'");
    auto cancelled = std::async(std::launch::async, [&] { return Cancel(order_id); });
    const auto limit = Deadline::After(10s);
    while (!limit.Passed() &&
           world_.database.Value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") {
        std::this_thread::sleep_for(5ms);
    }
    signing.commit();
    const auto answer = cancelled.get();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->order().state(), v1::ORDER_STATE_CLOSING) << "something may be on chain";
    EXPECT_EQ(Message(), "signed ");
}

TEST_F(HostileWorkerTest, ACreationThatExpiredAfterItsOrderWasCancelledIsNotSignedAgain)
{
    const auto order_id = AwaitSignature();
    world_.Exchange({});
    auto report = Signed("2500");
    ASSERT_EQ(world_.Exchange(report).unresolved_size(), 1);
    ASSERT_TRUE(Cancel(order_id));
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CLOSING);
    report.mutable_transactions(0)->set_state("expired");
    EXPECT_EQ(world_.Exchange(report).pending_size(), 0) << "nobody wants it any more";
    EXPECT_EQ(Message(), "failed ABANDONED");
    EXPECT_EQ(world_.Acquire().kind(), "close") << "and the close goes on";
}

TEST_F(HostileWorkerTest, ACreationThatExpiredOfAnOrderThatStandsIsSignedAgain)
{
    AwaitSignature();
    world_.Exchange({});
    auto report = Signed("2500");
    world_.Exchange(report);
    report.mutable_transactions(0)->set_state("expired");
    EXPECT_EQ(world_.Exchange(report).pending_size(), 1);
}

}  // namespace
}  // namespace berth
