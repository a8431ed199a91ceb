#include "core/base/rounds.hpp"

#include <future>

#include <gtest/gtest.h>

namespace berth {
namespace {

using namespace std::chrono_literals;

TEST(RoundsTest, WorkAgainAndAgain)
{
    std::promise<void> third;
    int count = 0;
    const Rounds rounds{[&](auto&) {
        if (++count == 3) third.set_value();
        return count < 3 ? 0ms : 1h;
    }};
    EXPECT_EQ(third.get_future().wait_for(10s), std::future_status::ready);
}

TEST(RoundsTest, BeginAfterTheFirstRest)
{
    std::atomic<int> count = 0;
    {
        const Rounds rounds{[&](auto&) {
                                ++count;
                                return 0ms;
                            },
                            1h};
    }
    EXPECT_EQ(count, 0);
}

TEST(RoundsTest, EndInTheMiddleOfARestAndOfARound)
{
    std::promise<void> resting;
    Rounds tired{[&](auto&) {
        resting.set_value();
        return 1h;
    }};
    resting.get_future().wait();
    tired.Stop();
    tired.Stop();

    std::promise<void> working;
    bool saw_it = false;
    {
        const Rounds busy{[&](const auto& stopping) {
            working.set_value();
            while (!stopping) std::this_thread::yield();
            saw_it = true;
            return 0ms;
        }};
        working.get_future().wait();
    }
    EXPECT_TRUE(saw_it);
}

}  // namespace
}  // namespace berth
