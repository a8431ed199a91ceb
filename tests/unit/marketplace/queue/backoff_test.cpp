#include "marketplace/queue/backoff.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>

namespace berth::queue {
namespace {

using namespace std::chrono_literals;

TEST(BackoffTest, DoublesUpToItsMaximum)
{
    const Settings settings{.retry_first = 1s, .retry_max = 60s};
    for (int attempt = 1; attempt <= 100; ++attempt) {
        const auto whole = attempt <= 6 ? 1s * (1 << (attempt - 1)) : 60s;
        const auto wait = Backoff(settings, "orders/a", "prepare", attempt);
        EXPECT_GE(wait, std::chrono::milliseconds{whole} / 2) << attempt;
        EXPECT_LE(wait, whole) << attempt;
    }
}

TEST(BackoffTest, SpreadsOrdersThatFailedTogetherAndRepeatsForEach)
{
    const Settings settings;
    std::set<std::chrono::milliseconds> waits;
    for (int order = 0; order < 50; ++order) {
        const auto subject = "orders/" + std::to_string(order);
        waits.insert(Backoff(settings, subject, "prepare", 5));
        EXPECT_EQ(Backoff(settings, subject, "prepare", 5),
                  Backoff(settings, subject, "prepare", 5));
    }
    EXPECT_GT(waits.size(), 20U);
}

}  // namespace
}  // namespace berth::queue
