#include "marketplace/orders/job_view.hpp"

#include <gmock/gmock.h>

namespace berth::orders {
namespace {

TEST(CeilingTest, IsThePlansUnlessTheMarginFloorIsNearer)
{
    v1::Plan plan;
    plan.set_ceiling_lease_usd_micros(7'000'000);
    plan.set_margin_floor_bps(2'000);
    EXPECT_EQ(CeilingOf(plan, 10'000'000), 7'000'000);
    EXPECT_EQ(CeilingOf(plan, 5'000'001), 4'000'000);
    plan.set_ceiling_lease_usd_micros(0);
    EXPECT_EQ(CeilingOf(plan, 10'000'000), 8'000'000);
    plan.set_margin_floor_bps(20'000);
    EXPECT_EQ(CeilingOf(plan, 10'000'000), 0);
}

}  // namespace
}  // namespace berth::orders
