#include "relay-image/storage/fair_queue.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

std::string TakeAll(FairQueue<std::string>& queue)
{
    std::string taken;
    while (queue.size() > 0) taken += queue.Take() + " ";
    return taken;
}

TEST(FairQueueTest, GivesTheItemsOfOnePartyInTheirOrder)
{
    FairQueue<std::string> queue;
    for (const auto* item : {"a1", "a2", "a3"}) queue.Put("a", item);
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(TakeAll(queue), "a1 a2 a3 ");
}

TEST(FairQueueTest, LetsPartiesTakeTurnsHoweverMuchOneHasPutIn)
{
    FairQueue<std::string> queue;
    for (const auto* item : {"a1", "a2", "a3", "a4"}) queue.Put("a", item);
    EXPECT_EQ(queue.Take(), "a1");
    queue.Put("b", "b1");
    queue.Put("c", "c1");
    queue.Put("b", "b2");
    EXPECT_EQ(TakeAll(queue), "a2 b1 c1 a3 b2 a4 ");
}

TEST(FairQueueTest, KnowsNothingOfWhoHasNothingInIt)
{
    FairQueue<std::string> queue;
    queue.Put("a", "a1");
    EXPECT_EQ(queue.Take(), "a1");
    queue.Put("b", "b1");
    queue.Put("a", "a2");
    EXPECT_EQ(TakeAll(queue), "b1 a2 ");
}

}  // namespace
}  // namespace berth::relay
