#include "relay-image/fanout/delivered_ids.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

std::string Id(int number)
{
    auto digits = std::to_string(number);
    return std::string(64 - digits.size(), '0') + digits;
}

TEST(DeliveredIdsTest, GivesEachIdToTheFirstWhoAsks)
{
    DeliveredIds ids{10};
    EXPECT_FALSE(ids.Holds(Id(1)));
    EXPECT_TRUE(ids.Take(Id(1)));
    EXPECT_TRUE(ids.Holds(Id(1)));
    EXPECT_FALSE(ids.Take(Id(1)));
    EXPECT_TRUE(ids.Take(Id(2)));
}

TEST(DeliveredIdsTest, RemembersTheLastOnesAndNoMoreThanTwiceAsMany)
{
    constexpr int kMost = 10, kTaken = 1000;
    DeliveredIds ids{kMost};
    for (int i = 0; i < kTaken; ++i) ASSERT_TRUE(ids.Take(Id(i)));
    int held = 0;
    for (int i = 0; i < kTaken; ++i) held += ids.Holds(Id(i));
    EXPECT_GE(held, kMost);
    EXPECT_LE(held, 2 * kMost);
    for (int i = kTaken - kMost; i < kTaken; ++i) EXPECT_FALSE(ids.Take(Id(i)));
}

}  // namespace
}  // namespace berth::relay
