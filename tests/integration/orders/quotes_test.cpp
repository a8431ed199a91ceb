#include "marketplace/orders/quotes.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

class QuotesTest : public ::testing::Test {
protected:
    Result<v1::QuoteOrderResponse> Ask(Time now)
    {
        v1::QuoteOrderRequest request;
        request.mutable_terms()->set_plan("plans/small");
        auto anybody = world_.Customer();
        anybody.caller.clear();
        anybody.roles.clear();
        anybody.now = now;
        return world_.handlers.QuoteOrder(anybody, request);
    }
    std::string Stored() { return world_.database.Value("SELECT count(*) FROM quotes"); }
    /// One sweep at `now`.
    void SweepAt(Time now)
    {
        const FakeClock clock{now};
        const proof::Parts parts{*world_.database, world_.catalogue, world_.chain,
                                 world_.pace,      world_.probe,     clock,
                                 world_.log,       world_.settings,  world_.queue};
        ASSERT_TRUE(proof::Sweeper{parts}.Sweep());
    }

    test::OrderWorld world_;
    const Time minute_ = std::chrono::floor<std::chrono::minutes>(world_.clock.Now());
};

TEST_F(QuotesTest, AFloodOfQuestionsStoresOneQuote)
{
    const auto first = Ask(minute_);
    ASSERT_TRUE(first) << first.error().reason;
    for (int i = 0; i < 200; ++i) {
        const auto again = Ask(minute_ - std::chrono::milliseconds{i});
        ASSERT_TRUE(again);
        EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
    }
    EXPECT_EQ(Stored(), "1");
    ASSERT_TRUE(Ask(minute_ + 1s));
    EXPECT_EQ(Stored(), "2");
}

TEST_F(QuotesTest, TwoMarketplacesOfferTheSameQuote)
{
    orders::OrderHandlers other{
        {*world_.database, world_.catalogue, world_.intake, world_.settings}};
    const auto here = Ask(minute_);
    v1::QuoteOrderRequest request;
    request.mutable_terms()->set_plan("plans/small");
    auto call = world_.Customer();
    call.now = minute_;
    const auto there = other.QuoteOrder(call, request);
    ASSERT_TRUE(here && there);
    EXPECT_EQ(here->quote().name(), there->quote().name());
    EXPECT_EQ(Stored(), "1");
}

TEST_F(QuotesTest, AnEndedQuoteIsForgottenWhenNoOrderCanWaitForItAnyMore)
{
    const auto quoted = Ask(minute_);
    ASSERT_TRUE(quoted);
    const Time end{std::chrono::microseconds{quoted->quote().expires_at()}};
    SweepAt(end + world_.settings.confirmation_term);
    EXPECT_EQ(Stored(), "1");
    SweepAt(end + world_.settings.confirmation_term + 1us);
    EXPECT_EQ(Stored(), "0");
}

TEST_F(QuotesTest, AnOrderKeepsWhatItWasQuoted)
{
    const auto quoted = Ask(world_.clock.Now());
    ASSERT_TRUE(quoted);
    const auto event =
        world_.OrderEvent(R"({"plan":"plans/small","quote":")" + quoted->quote().name() + R"("})");
    const auto placed = world_.Place(event);
    ASSERT_TRUE(placed) << placed.error().reason;
    world_.database.Value("UPDATE quotes SET expires_at = now() - interval '2 hours'");
    SweepAt(world_.clock.Now());
    ASSERT_EQ(Stored(), "0");
    const auto order = world_.Get(placed->order().name().substr(7));
    EXPECT_EQ(order.SerializeAsString(), placed->order().SerializeAsString());
    EXPECT_EQ(order.due(0).amount(), quoted->quote().due(0).amount());
    EXPECT_EQ(order.quote_expires_at(), quoted->quote().expires_at());
    const auto again = world_.Place(event);
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_EQ(again->SerializeAsString(), placed->SerializeAsString());
}

TEST_F(QuotesTest, AreForgottenAFewAtATimeTheOldestFirst)
{
    world_.database.Value(
        "INSERT INTO quotes SELECT 'q' || n, 'plans/small', 0, 1, '', "
        "now() - n * interval '1 day' FROM generate_series(1, 5) AS n");
    world_.database.Do(
        [&](pqxx::work& tx) { EXPECT_EQ(orders::ForgetQuotes(tx, world_.clock.Now(), 2), 2); });
    EXPECT_EQ(
        world_.database.Value("SELECT string_agg(quote_id, ' ' ORDER BY quote_id) FROM quotes"),
        "q1 q2 q3");
    world_.database.Do([&](pqxx::work& tx) {
        EXPECT_EQ(orders::ForgetQuotes(tx, world_.clock.Now() - 36h, 9), 2);
    });
    EXPECT_EQ(world_.database.Value("SELECT quote_id FROM quotes"), "q1");
}

}  // namespace
}  // namespace berth
