#include <gmock/gmock.h>

#include "marketplace/call/signed_event.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class LifecycleTest : public ::testing::Test {
protected:
    Result<v1::CancelOrderResponse> Cancel(const std::string& event, bool validate_only = false)
    {
        v1::CancelOrderRequest request;
        request.set_event(event);
        request.set_validate_only(validate_only);
        return world_.handlers.CancelOrder(world_.Customer(), request);
    }
    std::string CancelEvent(const std::string& order_id)
    {
        return world_.Signed(call::kCancelKind, R"({"order":"orders/)" + order_id + R"("})");
    }

    test::OrderWorld world_;
};

TEST_F(LifecycleTest, NobodyElseReadsAnOrderButItsOperator)
{
    v1::GetOrderRequest request;
    request.set_name("orders/" + world_.PlaceOne());
    EXPECT_TRUE(world_.handlers.GetOrder(world_.Operator(), request));
    auto stranger = world_.Customer();
    stranger.caller = std::string(64, 'c');
    EXPECT_EQ(world_.handlers.GetOrder(stranger, request).error().reason, "UNKNOWN_ORDER");
    stranger.roles = {call::Role::kOperator};
    EXPECT_EQ(world_.handlers.GetOrder(stranger, request).error().reason, "UNKNOWN_ORDER");
    v1::GetRelayAccessRequest access;
    access.set_name(request.name());
    EXPECT_FALSE(world_.handlers.GetRelayAccess(world_.Operator(), access));
}

TEST_F(LifecycleTest, ListsGoOnWhereThePageBeforeEnded)
{
    for (int i = 0; i < 5; ++i) world_.PlaceOne();
    std::set<std::string> names;
    v1::ListOrdersRequest request;
    request.set_page_size(2);
    do {
        const auto page = world_.handlers.ListOrders(world_.Customer(), request);
        ASSERT_TRUE(page) << page.error().reason;
        EXPECT_LE(page->orders_size(), 2);
        for (const auto& order : page->orders()) names.insert(order.name());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(names.size(), 5U);
}

TEST_F(LifecycleTest, APageTokenThatSomebodyMadeUpIsRefused)
{
    const auto name = "orders/" + world_.PlaceOne();
    const auto customer = world_.Customer().caller;
    for (const auto* made_up :
         {"x", "/", "1", "-1/a", "1e3/a", "99999999999999999999/a", "2026-11-29/a", "1/j/1",
          "1/j/x/1", "1/j/1/99999999999", "1/j/1/1/1", "0x1/j/1/1"}) {
        v1::GetOrderLogsRequest logs;
        logs.set_name(name);
        logs.set_page_token(call::MakePageToken(made_up, "logs:" + name));
        const auto told = world_.handlers.GetOrderLogs(world_.Customer(), logs);
        ASSERT_TRUE(told.has_error()) << made_up;
        EXPECT_EQ(told.error().reason, "BAD_PAGE_TOKEN") << made_up;
    }
    for (const auto* made_up : {"x", "/", "-1/a", "infinity/a", "99999999999999999999/a"}) {
        v1::ListOrdersRequest orders;
        orders.set_page_token(call::MakePageToken(made_up, "orders:" + customer));
        const auto listed = world_.handlers.ListOrders(world_.Customer(), orders);
        ASSERT_TRUE(listed.has_error()) << made_up;
        EXPECT_EQ(listed.error().reason, "BAD_PAGE_TOKEN") << made_up;
    }
}

TEST_F(LifecycleTest, LogsGoOnWhereThePageBeforeEnded)
{
    const auto order_id = world_.PlaceOne();
    const auto job = world_.ProvisionUntil(order_id, "choose_bid");
    std::set<std::string> seen;
    v1::GetOrderLogsRequest request;
    request.set_name("orders/" + order_id);
    request.set_page_size(1);
    int pages = 0;
    do {
        const auto page = world_.handlers.GetOrderLogs(world_.Customer(), request);
        ASSERT_TRUE(page) << page.error().reason;
        for (const auto& log : page->logs()) {
            seen.insert(log.step() + std::to_string(log.epoch()) + log.outcome());
        }
        request.set_page_token(page->next_page_token());
        ASSERT_LT(++pages, 20);
    } while (!request.page_token().empty());
    EXPECT_EQ(std::to_string(seen.size()), world_.database.Value("SELECT count(*) FROM step_logs"));
}

TEST_F(LifecycleTest, AWatchThatResumesBeyondTheLastEventHearsTheNextOne)
{
    const auto order_id = world_.PlaceOne();
    v1::WatchOrderRequest request;
    request.set_name("orders/" + order_id);
    request.set_resume_after(~std::uint64_t{0});
    auto watch = world_.handlers.WatchOrder(world_.Customer(), request);
    ASSERT_TRUE(watch);
    ASSERT_TRUE((*watch)->Pull(Deadline::max()));
    world_.Pay(order_id);
    const auto next = (*watch)->Pull(Deadline::max());
    ASSERT_TRUE(next);
    ASSERT_EQ(next->messages.size(), 1U);
    EXPECT_EQ(next->messages[0].event().kind(), "paid");
}

TEST_F(LifecycleTest, AnUnpaidOrderIsCancelledAtOnceAndItsCancellationHasOneAnswer)
{
    const auto order_id = world_.PlaceOne();
    const auto event = CancelEvent(order_id);
    ASSERT_TRUE(Cancel(event, true));
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_AWAITING_PAYMENT);
    const auto first = Cancel(event);
    ASSERT_TRUE(first) << first.error().reason << first.error().message;
    EXPECT_EQ(first->order().state(), v1::ORDER_STATE_CANCELLED);
    const auto again = Cancel(event);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    EXPECT_EQ(Cancel(CancelEvent(order_id)).error().reason, "WRONG_STATE");
}

TEST_F(LifecycleTest, CancellingAQueuedOrderGivesItsCreditBack)
{
    const auto order_id = world_.PlaceOne();
    const auto before = world_.ChannelSums();
    world_.Pay(order_id);
    EXPECT_NE(world_.ChannelSums(), before);
    const auto cancelled = Cancel(CancelEvent(order_id));
    ASSERT_TRUE(cancelled) << cancelled.error().reason << cancelled.error().message;
    EXPECT_EQ(cancelled->order().failure().refunded(), "24000000");
    EXPECT_EQ(world_.ChannelSums(), before);
    EXPECT_EQ(world_.database.Value("SELECT count(*) FROM jobs"), "0");
}

TEST_F(LifecycleTest, AWatchResumesAfterANumberAndEndsWithTheOrder)
{
    const auto order_id = world_.PlaceOne();
    world_.Pay(order_id);
    v1::WatchOrderRequest request;
    request.set_name("orders/" + order_id);
    request.set_resume_after(1);
    auto watch = world_.handlers.WatchOrder(world_.Customer(), request);
    ASSERT_TRUE(watch);
    const auto first = (*watch)->Pull(Deadline::max());
    ASSERT_TRUE(first);
    ASSERT_EQ(first->messages.size(), 2U);
    EXPECT_EQ(first->messages[0].snapshot().state(), v1::ORDER_STATE_QUEUED);
    EXPECT_EQ(first->messages[1].event().number(), 2U);
    EXPECT_FALSE(first->last);
    EXPECT_TRUE((*watch)->Pull(Deadline::max())->messages.empty());
    ASSERT_TRUE(Cancel(CancelEvent(order_id)));
    const auto last = (*watch)->Pull(Deadline::max());
    ASSERT_EQ(last->messages.size(), 1U);
    EXPECT_EQ(last->messages[0].event().kind(), "cancelled");
    EXPECT_EQ(last->messages[0].event().details().at("refunded"), "24000000");
    EXPECT_TRUE(last->last);
}

TEST_F(LifecycleTest, AnOrderThatNobodyPaysIsCancelledAfterItsTerm)
{
    const auto order_id = world_.PlaceOne();
    proof::Sweeper sweeper{world_.parts};
    ASSERT_TRUE(sweeper.Sweep());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_AWAITING_PAYMENT);
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("UPDATE orders SET quote_expires_at = now() - interval '2 hours'");
    });
    ASSERT_TRUE(sweeper.Sweep());
    EXPECT_EQ(world_.Get(order_id).state(), v1::ORDER_STATE_CANCELLED);
}

TEST_F(LifecycleTest, AnOrderThatCannotBeSweptIsNotInTheWayOfTheOthers)
{
    const auto stuck = world_.PlaceOne();
    const auto other = world_.PlaceOne();
    world_.database.Value("UPDATE orders SET quote_expires_at = now() - interval '2 hours'");
    world_.database.Value(
        "UPDATE orders SET quote_expires_at = now() - interval '3 hours' "
        "WHERE order_id = '" +
        stuck + "'");
    world_.database.Value(
        "ALTER TABLE orders ADD CONSTRAINT in_the_way CHECK (state = 1 OR "
        "order_id <> '" +
        stuck + "')");
    proof::Sweeper sweeper{world_.parts};
    EXPECT_TRUE(sweeper.Sweep());
    EXPECT_EQ(world_.Get(stuck).state(), v1::ORDER_STATE_AWAITING_PAYMENT);
    EXPECT_EQ(world_.Get(other).state(), v1::ORDER_STATE_CANCELLED);
}

TEST_F(LifecycleTest, AListenerHearsOfAnOrdersChange)
{
    const auto order_id = world_.PlaceOne();
    std::promise<void> heard;
    std::atomic<bool> first{true};
    std::atomic<bool> armed{false};
    const auto subscription = world_.listener.Subscribe("orders/" + order_id, [&] {
        if (armed && first.exchange(false)) heard.set_value();
    });
    armed = true;
    world_.Pay(order_id);
    EXPECT_EQ(heard.get_future().wait_for(4s), std::future_status::ready);
}

}  // namespace
}  // namespace berth
