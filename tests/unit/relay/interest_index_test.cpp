#include "relay-image/session/interest_index.hpp"

#include <algorithm>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "relay-image/session/subscription.hpp"
#include "tests/integration/relay/random_events.hpp"

namespace berth::relay::test {
namespace {

bool IsAmong(const std::vector<Listener>& listeners, const Subscription& subscription)
{
    return std::ranges::any_of(
        listeners, [&](const auto& listener) { return listener.subscription == &subscription; });
}

TEST(InterestIndexTest, NamesEverySubscriptionThatAnEventFits)
{
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomEvents random{seed};
    for (int i = 0; i < 50; ++i) random.Event();  // Filters by id need some.
    InterestIndex index;
    std::deque<Subscription> subscriptions;
    for (int i = 0; i < 200; ++i) {
        auto& subscription = subscriptions.emplace_back();
        subscription.filters = {random.AFilter(), random.AFilter()};
        index.Add({nullptr, &subscription});
        if (i % 3 == 0) index.Remove({nullptr, &subscription});
        if (i % 3 == 0) subscription.filters.clear();
    }
    std::size_t visited = 0;
    for (int i = 0; i < 500; ++i) {
        const auto event = random.Event();
        const auto candidates = index.Candidates(event->event);
        visited += candidates.size();
        for (const auto& subscription : subscriptions) {
            if (subscription.filters.empty()) {
                ASSERT_FALSE(IsAmong(candidates, subscription));
            } else if (subscription.Matches(event->event)) {
                ASSERT_TRUE(IsAmong(candidates, subscription));
            }
        }
    }
    EXPECT_LT(visited, 500 * 200U);
}

TEST(InterestIndexTest, SparesAnEventTheSubscriptionsOfOtherAuthors)
{
    RandomEvents random{1};
    const auto event = random.Event();
    InterestIndex index;
    std::deque<Subscription> subscriptions;
    for (int i = 0; i < 100; ++i) {
        auto& subscription = subscriptions.emplace_back();
        auto& filter = subscription.filters.emplace_back();
        filter.kinds = {event->event.kind};
        filter.authors = {std::string(62, 'a') + std::to_string(10 + i % 90)};
        index.Add({nullptr, &subscription});
    }
    EXPECT_TRUE(index.Candidates(event->event).empty());
}

TEST(InterestIndexTest, RemembersNothingOfWhoLeft)
{
    InterestIndex index;
    Subscription subscription;
    subscription.filters.emplace_back();
    index.Add({nullptr, &subscription});
    index.Remove({nullptr, &subscription});
    EXPECT_TRUE(index.Candidates(RandomEvents{1}.Event()->event).empty());
}

}  // namespace
}  // namespace berth::relay::test
