#include "relay-image/transport/output_room.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

TEST(OutputRoomTest, IsFreeAgainWhenWhatWaitedHasLeft)
{
    OutputRoom room{100};
    room.Change(0, 40);
    room.Change(0, 50);
    EXPECT_EQ(room.free(), 10U);
    room.Change(40, 15);
    EXPECT_EQ(room.free(), 35U);
    room.Change(50, 0);
    room.Change(15, 0);
    EXPECT_EQ(room.free(), 100U);
}

TEST(OutputRoomTest, HasNothingFreeWhenMoreIsTakenThanThereIs)
{
    OutputRoom room{100};
    room.Change(0, 130);
    EXPECT_EQ(room.free(), 0U);
}

}  // namespace
}  // namespace berth::relay
