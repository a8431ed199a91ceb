#include "marketplace/orders/state_table.hpp"

#include <gmock/gmock.h>

#include "core/base/file.hpp"
#include "marketplace/orders/steps.hpp"

namespace berth::orders {
namespace {

TEST(StateTableTest, TheDocumentIsTheTable)
{
    const auto document = ReadFile(BERTH_SOURCE_DIR "/docs/state-machine.md");
    ASSERT_TRUE(document);
    EXPECT_EQ(*document, DescribeStateMachine());
}

TEST(StateTableTest, NoMoveStandsTwiceAndNoneLeadsNowhere)
{
    for (const auto& move : kMoves) {
        EXPECT_EQ(FindMove(move.from, move.to), &move);
        EXPECT_NE(move.from, move.to);
    }
}

TEST(StateTableTest, EveryEndBeforeServiceGivesTheHoldBack)
{
    for (const auto& move : kMoves) {
        const bool ends = move.to == v1::ORDER_STATE_FAILED || move.to == v1::ORDER_STATE_CANCELLED;
        if (!ends || move.from == v1::ORDER_STATE_AWAITING_PAYMENT) continue;
        EXPECT_EQ(move.consequence, Consequence::kReleaseHold) << StateName(move.from);
    }
}

TEST(StateTableTest, OnlyThreeStatesAreFinal)
{
    EXPECT_TRUE(IsFinal(v1::ORDER_STATE_CLOSED));
    EXPECT_TRUE(IsFinal(v1::ORDER_STATE_FAILED));
    EXPECT_TRUE(IsFinal(v1::ORDER_STATE_CANCELLED));
    EXPECT_FALSE(IsFinal(v1::ORDER_STATE_CLOSING));
    EXPECT_FALSE(IsFinal(v1::ORDER_STATE_ACTIVE));
}

TEST(StepsTest, ProvisioningRunsFromReserveToActivate)
{
    std::vector<std::string_view> steps;
    for (const auto* row = &FirstStep("provision"); row; row = StepAfter(*row)) {
        steps.push_back(row->step);
    }
    EXPECT_THAT(steps, ::testing::ElementsAre("reserve", "prepare", "create_deployment",
                                              "choose_bid", "create_lease", "send_manifest",
                                              "await_service", "publish_dns", "issue_certificate",
                                              "verify_relay", "verify_relay", "activate"));
}

}  // namespace
}  // namespace berth::orders
