#include "relay-image/storage/watched_event_store.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "relay-image/storage/hot_tail_filler.hpp"
#include "relay-image/storage/postgres_event_store.hpp"
#include "tests/integration/relay/random_events.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

constexpr std::size_t kRoomy = 10 << 20;
constexpr std::int64_t kAll = 100000;
constexpr std::int64_t kNow = 1050;

class WatchedStoreTest : public RelayTest {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(store_.Migrate());
        tail_.Trust(true);
        while (FillPage(store_, tail_, kNow)) {}
    }
    static std::vector<std::string> Ids(const Result<std::vector<StoredEvent>>& found)
    {
        std::vector<std::string> ids;
        for (const auto& event : found.value()) ids.push_back(ToHex(event.id));
        return ids;
    }

    HotTail tail_{kRoomy};
    WatchedEventStore store_{std::make_unique<PostgresEventStore>(Secret{NewDatabase()}), tail_};
};

TEST_F(WatchedStoreTest, KeepsMemoryAndDatabaseAtOne)
{
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomEvents random{seed};
    for (int round = 0; round < 60; ++round) {
        std::vector<EventPtr> events;
        for (auto n = 1 + random.Below(12); n > 0; --n) events.push_back(random.Event());
        ASSERT_TRUE(store_.Store(events));
        if (round % 10 == 9) {
            ASSERT_TRUE(store_.Remove(random.AFilter(), 1 + static_cast<int>(random.Below(9))));
            while (FillPage(store_, tail_, kNow)) {}
        }
        const auto filter = random.AFilter();
        const auto held = tail_.Find(filter, kAll, kNow);
        if (held) {
            ASSERT_EQ(Ids(held), Ids(store_.Find(filter, kAll, kNow)));
        } else {
            ASSERT_TRUE(filter.search);
        }
    }
    ASSERT_EQ(Ids(tail_.Find({}, kAll, kNow)), Ids(store_.Find({}, kAll, kNow)));
}

TEST_F(WatchedStoreTest, ForgetsWhatExpired)
{
    const auto event = Admitted(
        Sign(alice_, {.tags = {{"expiration", std::to_string(kNow + 10)}}, .created_at = 1000}));
    ASSERT_TRUE(store_.Store(std::vector{event}));
    EXPECT_EQ(tail_.Find({}, kAll, kNow).value().size(), 1U);
    EXPECT_TRUE(tail_.Find({}, kAll, kNow + 10).value().empty());
    EXPECT_EQ(store_.RemoveExpired(kNow + 10).value(), 1);
    EXPECT_EQ(tail_.count(), 0U);
}

}  // namespace
}  // namespace berth::relay::test
