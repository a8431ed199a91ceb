#include "marketplace/rpc/turns.hpp"

#include <atomic>
#include <future>
#include <semaphore>

#include <gtest/gtest.h>

namespace berth::rpc {
namespace {

using namespace std::chrono_literals;

TEST(WorkPoolTest, RefusesWorkBeyondItsQueue)
{
    WorkPool pool{{.threads = 1, .queue_max = 2}};
    std::promise<void> busy;
    std::promise<void> release;
    ASSERT_TRUE(pool.TryPost([&busy, released = release.get_future().share()] {
        busy.set_value();
        released.wait();
    }));
    busy.get_future().wait();
    EXPECT_TRUE(pool.TryPost([] {}));
    EXPECT_TRUE(pool.TryPost([] {}));
    EXPECT_FALSE(pool.TryPost([] {}));
    release.set_value();
}

TEST(WorkPoolTest, TakesNoWorkOnceStopped)
{
    WorkPool pool{{.threads = 1}};
    pool.Stop();
    EXPECT_FALSE(pool.TryPost([] {}));
}

TEST(WorkPoolTest, RepeatsUntilItStops)
{
    std::counting_semaphore ticks{0};
    WorkPool pool{{.threads = 1}};
    pool.Repeat(1ms, [&] { ticks.release(); });
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(ticks.try_acquire_for(10s));
    pool.Stop();
}

/// A call that waits, with its turns counted.
struct Waiter {
    explicit Waiter(WorkPool& pool)
        : turns{std::make_shared<Turns>(pool, [this] {
              ++count;
              began.release();
              may_rest.acquire();
              turns->Rest();
          })}
    {
    }

    std::atomic<int> count = 0;
    std::counting_semaphore<> began{0};
    std::counting_semaphore<> may_rest{0};
    std::shared_ptr<Turns> turns;
};

TEST(TurnsTest, GivesNoTurnBeforeTheMakersIsOver)
{
    WorkPool pool{{.threads = 2}};
    Waiter waiter{pool};
    waiter.turns->Wake();
    EXPECT_FALSE(waiter.began.try_acquire_for(20ms));
    waiter.turns->Rest();  // Was woken meanwhile, so it runs at once.
    EXPECT_TRUE(waiter.began.try_acquire_for(10s));
    waiter.may_rest.release();
    pool.Stop();
}

TEST(TurnsTest, GivesOneTurnForWakeUpsDuringATurn)
{
    WorkPool pool{{.threads = 2}};
    Waiter waiter{pool};
    waiter.turns->Rest();
    waiter.turns->Wake();
    ASSERT_TRUE(waiter.began.try_acquire_for(10s));
    for (int i = 0; i < 5; ++i) waiter.turns->Wake();
    EXPECT_EQ(waiter.count, 1);
    waiter.may_rest.release();
    ASSERT_TRUE(waiter.began.try_acquire_for(10s));
    waiter.may_rest.release();
    EXPECT_FALSE(waiter.began.try_acquire_for(20ms));
    EXPECT_EQ(waiter.count, 2);
    pool.Stop();
}

}  // namespace
}  // namespace berth::rpc
