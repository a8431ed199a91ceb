#include "cli/text.hpp"

#include <gtest/gtest.h>

namespace berth::cli {
namespace {

TEST(DollarsTest, ShowsCentsWhereTheySayItAndMicroDollarsWhereNot)
{
    EXPECT_EQ(Dollars(0), "$0.00");
    EXPECT_EQ(Dollars(5'000'000), "$5.00");
    EXPECT_EQ(Dollars(12'340'000), "$12.34");
    EXPECT_EQ(Dollars(1'234), "$0.001234");
    EXPECT_EQ(Dollars(-1'500'000), "-$1.50");
}

TEST(PrintableTest, KeepsWhatOthersWroteFromSteeringTheTerminal)
{
    EXPECT_EQ(Printable("failed\x1b[2J\x1b]0;title\x07\r\n"), "failed?[2J?]0;title??\n");
    EXPECT_EQ(Printable("a\xc2\x9b"
                        "31mb\x7f"),
              "a?31mb?");
    EXPECT_EQ(Printable("M\u00fcnchen \u2713\n"), "M\u00fcnchen \u2713\n");
    EXPECT_EQ(Printable("\xc2"), "\xc2");
}

TEST(ClockTimeTest, IsUtcToTheSecond)
{
    EXPECT_EQ(ClockTime(1'767'225'600'999'999), "2026-01-01 00:00:00");
}

TEST(StateNameTest, IsWhatACustomerReads)
{
    EXPECT_EQ(StateName(v1::ORDER_STATE_AWAITING_PAYMENT), "awaiting payment");
    EXPECT_EQ(StateName(v1::ORDER_STATE_ACTIVE), "active");
}

TEST(EndedTest, HoldsForTheThreeStatesWithoutAWayOut)
{
    EXPECT_TRUE(Ended(v1::ORDER_STATE_CLOSED));
    EXPECT_TRUE(Ended(v1::ORDER_STATE_FAILED));
    EXPECT_TRUE(Ended(v1::ORDER_STATE_CANCELLED));
    EXPECT_FALSE(Ended(v1::ORDER_STATE_CLOSING));
    EXPECT_FALSE(Ended(v1::ORDER_STATE_SUSPENDED));
}

TEST(DescribeOrderTest, TellsWhatIsDueOnlyWhileItAwaitsPayment)
{
    v1::Order order;
    order.set_name("orders/abc");
    order.set_state(v1::ORDER_STATE_AWAITING_PAYMENT);
    auto* due = order.add_due();
    due->set_rail("xrp");
    due->set_asset("xrp");
    due->set_amount("2500000");
    EXPECT_NE(Describe(order).find("2500000 drops of XRP"), std::string::npos);
    order.set_state(v1::ORDER_STATE_ACTIVE);
    EXPECT_EQ(Describe(order).find("2500000"), std::string::npos);
}

TEST(OrderNameTest, TakesAnIdOrAName)
{
    EXPECT_EQ(OrderName("abc"), "orders/abc");
    EXPECT_EQ(OrderName("orders/abc"), "orders/abc");
}

}  // namespace
}  // namespace berth::cli
