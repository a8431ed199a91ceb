#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "marketplace/call/signed_event.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class IntakeTest : public ::testing::Test {
protected:
    static orders::NewOrder RawOrder(const std::string& customer_id, const std::string& event_id)
    {
        return {.customer_id = customer_id,
                .event_id = event_id,
                .event = "{}",
                .answer = event_id,
                .order_id = nostr::OrderId(event_id),
                .operator_id = "o",
                .plan_id = "p",
                .plan = "",
                .hostname = "h",
                .custom_hostname = "",
                .relay_name = "",
                .relay_description = "",
                .setup_usd_micros = 1,
                .monthly_usd_micros = 1,
                .due = "",
                .quote_expires_at = {},
                .created_at = {}};
    }

    test::OrderWorld world_;
};

TEST_F(IntakeTest, AnOrderIsStoredWithWhatIsDueRoundedUp)
{
    const auto placed = world_.Place(world_.OrderEvent());
    ASSERT_TRUE(placed) << placed.error().reason;
    const auto& order = placed->order();
    EXPECT_EQ(order.state(), v1::ORDER_STATE_AWAITING_PAYMENT);
    ASSERT_EQ(order.due_size(), 1);
    EXPECT_EQ(order.due(0).amount(), "24000000");  // 12 dollars at 0.50 each.
    EXPECT_EQ(order.hostname(), order.name().substr(7) + ".relays.berth.test");
    EXPECT_EQ(world_.Get(order.name().substr(7)).SerializeAsString(), order.SerializeAsString());
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM order_events"), "1");
}

TEST_F(IntakeTest, TheSameEventHasTheSameAnswerForEver)
{
    const auto event = world_.OrderEvent();
    const auto first = world_.Place(event);
    ASSERT_TRUE(first);
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE plans SET paused = true"); });
    world_.Pay(first->order().name().substr(7));
    const auto again = world_.Place(event);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    call::Call late = world_.Customer();
    late.now += 24h;
    v1::PlaceOrderRequest request;
    request.set_event(event);
    std::promise<Result<v1::PlaceOrderResponse>> answered;
    world_.handlers.PlaceOrder(late, request, [&](auto answer) { answered.set_value(answer); });
    const auto expired = answered.get_future().get();
    ASSERT_TRUE(expired) << expired.error().reason;
    EXPECT_EQ(expired->SerializeAsString(), first->SerializeAsString());
}

TEST_F(IntakeTest, CopiesOfAnEventInOneGroupGetOneOrderAndOneAnswer)
{
    const auto event = world_.OrderEvent();
    std::vector<std::future<Result<v1::PlaceOrderResponse>>> answers;
    for (int i = 0; i < 8; ++i) {
        answers.push_back(std::async(std::launch::async, [&] { return world_.Place(event); }));
    }
    const auto first = answers[0].get();
    ASSERT_TRUE(first);
    for (std::size_t i = 1; i < answers.size(); ++i) {
        EXPECT_EQ(answers[i].get()->SerializeAsString(), first->SerializeAsString());
    }
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM orders"), "1");
}

TEST_F(IntakeTest, ABadRowFailsAloneInItsGroup)
{
    std::vector<std::promise<Result<std::string>>> answers(32);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto customer = i == 13 ? "no key" : world_.customer.pubkey();
        const auto event_id = ToHex(Sha256(std::to_string(i)));
        ASSERT_TRUE(world_.intake.Submit(RawOrder(customer, event_id), [&answers, i](auto stored) {
            answers[i].set_value(std::move(stored));
        }));
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto stored = answers[i].get_future().get();
        EXPECT_EQ(stored.has_value(), i != 13);
        if (!stored) {
            EXPECT_EQ(stored.error().reason, "BAD_ORDER");
        }
    }
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM orders"), "31");
}

TEST_F(IntakeTest, AFullQueueRefusesAtOnce)
{
    orders::Intake small{
        {.url = "postgresql:///nowhere?host=/nonexistent", .queue_max = 2, .reconnect_for = 300ms},
        world_.log};
    std::atomic<int> answered{0};
    int refused = 0;
    for (int i = 0; i < 8; ++i) {
        const auto queued =
            small.Submit(RawOrder(world_.customer.pubkey(), ToHex(Sha256(std::to_string(i)))),
                         [&](const auto& stored) {
                             EXPECT_EQ(stored.error().reason, "DATABASE_UNAVAILABLE");
                             ++answered;
                         });
        if (!queued) {
            EXPECT_EQ(queued.error().reason, "INTAKE_FULL");
            ++refused;
        }
    }
    EXPECT_GE(refused, 4);
}

TEST_F(IntakeTest, NothingThatWasAcknowledgedIsLostWhenTheServerIsKilled)
{
    test::PrivatePostgres server;
    const auto url = server.CreateDatabase("berth");
    ASSERT_TRUE(db::Migrate(url));
    orders::Intake intake{{.url = url, .reconnect_for = 30s}, world_.log};
    std::mutex mutex;
    std::vector<std::string> acknowledged;
    std::atomic<int> answered{0};
    constexpr int kOrders = 2000;
    std::thread sender{[&] {
        for (int i = 0; i < kOrders; ++i) {
            const auto id = ToHex(Sha256("k" + std::to_string(i)));
            while (!intake.Submit(RawOrder(world_.customer.pubkey(), id), [&, id](auto stored) {
                const std::scoped_lock lock{mutex};
                if (stored) acknowledged.push_back(id);
                ++answered;
            }))
                std::this_thread::yield();
        }
    }};
    while (answered < kOrders / 4) std::this_thread::yield();
    server.Kill();
    server.Start();
    sender.join();
    while (answered < kOrders) std::this_thread::sleep_for(1ms);
    pqxx::connection connection{url};
    pqxx::work tx{connection};
    EXPECT_EQ(acknowledged.size(), kOrders);
    for (const auto& id : acknowledged) {
        EXPECT_EQ(tx.exec_params("SELECT FROM orders WHERE event_id = $1", id).size(), 1U);
    }
    EXPECT_EQ(tx.exec1("SELECT count(*) FROM orders")[0].as<int>(), kOrders);
}

TEST_F(IntakeTest, WhatCannotBeOrderedIsRefusedWithItsReason)
{
    const auto reason = [&](const std::string& content) {
        const auto placed = world_.Place(world_.OrderEvent(content));
        return placed ? std::string{"accepted"} : placed.error().reason;
    };
    EXPECT_EQ(reason(R"({"plan":"plans/none"})"), "UNKNOWN_PLAN");
    EXPECT_EQ(reason(R"({"plan":"plans/small","quote":"quotes/none"})"), "UNKNOWN_QUOTE");
    EXPECT_EQ(reason(R"({"plan":"plans/small","customHostname":"-a.example"})"), "BAD_HOSTNAME");
    EXPECT_EQ(reason(R"({"plan":"plans/small","customHostname":"x.relays.berth.test"})"),
              "BAD_HOSTNAME");
    EXPECT_EQ(reason(R"({"plan":"plans/small","color":"red"})"), "BAD_TERMS");
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM signed_events"), "0");
}

TEST_F(IntakeTest, AQuoteFixesThePrice)
{
    v1::QuoteOrderRequest request;
    request.mutable_terms()->set_plan("plans/small");
    const auto quoted = world_.handlers.QuoteOrder(world_.Customer(), request);
    ASSERT_TRUE(quoted);
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0(
            "INSERT INTO price_snapshots VALUES ('p9', 'xrp', 100, 't', now(), now() + '1 s')");
        db::Notify(tx, "catalogue");
    });
    const auto placed = world_.Place(
        world_.OrderEvent(R"({"plan":"plans/small","quote":")" + quoted->quote().name() + R"("})"));
    ASSERT_TRUE(placed) << placed.error().reason;
    EXPECT_EQ(placed->order().due(0).amount(), quoted->quote().due(0).amount());
    EXPECT_EQ(placed->order().quote_expires_at(), quoted->quote().expires_at());
}

TEST_F(IntakeTest, AnOrderThatPaysFromAChannelIsQueuedAtOnce)
{
    const auto event = world_.OrderEvent(R"({"plan":"plans/small","payFrom":"channels/xrp-C1"})");
    const auto placed = world_.Place(event);
    ASSERT_TRUE(placed) << placed.error().reason;
    EXPECT_EQ(placed->order().state(), v1::ORDER_STATE_QUEUED);
    EXPECT_EQ(world_.ChannelSums(), "50000000 26000000 24000000 0");
    EXPECT_EQ(world_.Get(placed->order().name().substr(7)).SerializeAsString(),
              placed->order().SerializeAsString());
    EXPECT_EQ(world_.database.Value("SELECT kind || '/' || step FROM jobs"), "provision/reserve");
    const auto again = world_.Place(event);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->SerializeAsString(), placed->SerializeAsString());
    EXPECT_EQ(world_.ChannelSums(), "50000000 26000000 24000000 0");
}

TEST_F(IntakeTest, AnOrderThatItsChannelCannotPayIsNotStored)
{
    const auto reason = [&](const std::string& channel) {
        const auto placed = world_.Place(
            world_.OrderEvent(R"({"plan":"plans/small","payFrom":")" + channel + R"("})"));
        return placed ? std::string{"accepted"} : placed.error().reason;
    };
    EXPECT_EQ(reason("xrp-C1"), "BAD_TERMS");
    EXPECT_EQ(reason("channels/xrp-C2"), "UNKNOWN_CHANNEL");
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("UPDATE channels SET unapplied = 23999999, accepted = 23999999");
    });
    EXPECT_EQ(reason("channels/xrp-C1"), "CREDIT_TOO_LOW");
    world_.database.Do([](pqxx::work& tx) { tx.exec0("UPDATE channels SET status = 'closing'"); });
    EXPECT_EQ(reason("channels/xrp-C1"), "CHANNEL_CLOSING");
    for (const auto* table : {"orders", "signed_events", "order_events", "holds", "entries"}) {
        EXPECT_EQ(world_.database.Value(std::string{"SELECT count(*) FROM "} + table), "0");
    }
}

TEST_F(IntakeTest, CopiesOfAnOrderThatPaysItselfTakeOneHold)
{
    const auto event = world_.OrderEvent(R"({"plan":"plans/small","payFrom":"channels/xrp-C1"})");
    std::vector<std::future<Result<v1::PlaceOrderResponse>>> answers;
    for (int i = 0; i < 6; ++i) {
        answers.push_back(std::async(std::launch::async, [&] { return world_.Place(event); }));
    }
    for (auto& answer : answers) EXPECT_TRUE(answer.get());
    EXPECT_EQ(world_.ChannelSums(), "50000000 26000000 24000000 0");
}

}  // namespace
}  // namespace berth
