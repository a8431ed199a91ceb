#include "relay-image/storage/hot_tail.hpp"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/protocol/event_kind.hpp"
#include "relay-image/storage/hot_tail_filler.hpp"
#include "tests/integration/relay/random_events.hpp"

namespace berth::relay::test {
namespace {

constexpr std::int64_t kNow = 1050;
constexpr std::size_t kRoomy = 10 << 20;
constexpr auto kWhole = std::numeric_limits<std::int64_t>::min();

/// A store as its contract reads, slow and plain.
class PlainStore final : public EventSource {
public:
    Verdict Store(const EventPtr& stored)
    {
        const auto& event = stored->event;
        if (events_.contains(event.id)) return Verdict::kDuplicate;
        if (deletions_.TakesAway(event)) return Verdict::kDeleted;
        const auto address = AddressOf(event);
        const auto rivals = [&](const auto& one) {
            return address && AddressOf(one.second->event) == address;
        };
        const auto rival = std::ranges::find_if(events_, rivals);
        if (rival != events_.end()) {
            if (!Replaces(event, rival->second->event)) return Verdict::kOutdated;
            events_.erase(rival);
        }
        deletions_.Add(event);
        DeletionSet now;
        now.Add(event);
        std::erase_if(events_, [&](const auto& one) { return now.TakesAway(one.second->event); });
        events_[event.id] = stored;
        return Verdict::kStored;
    }
    void Remove(const Filter& filter, std::size_t most)
    {
        for (auto at = events_.begin(); at != events_.end() && most > 0;) {
            const bool doomed = filter.Matches(at->second->event);
            most -= doomed;
            at = doomed ? events_.erase(at) : std::next(at);
        }
    }
    Result<std::vector<StoredEvent>> Find(const Filter& filter, const FindLimits& limits,
                                          std::int64_t now) override
    {
        std::vector<StoredEvent> found;
        for (const auto& [id, stored] : events_) {
            const bool expired = stored->expires_at && *stored->expires_at <= now;
            if (expired || !filter.Matches(stored->event)) continue;
            found.push_back({.id = *FromHex(id),
                             .created_at = stored->event.created_at,
                             .kind = stored->event.kind,
                             .json = stored->json});
        }
        std::ranges::sort(found, [](const auto& a, const auto& b) {
            return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
        });
        found.resize(std::min(found.size(), static_cast<std::size_t>(limits.events)));
        auto room = limits.bytes;
        for (auto& event : found) {
            if (room == 0) event.json = {};
            room -= std::min(room, event.json.size());
        }
        return found;
    }
    std::size_t count() const { return events_.size(); }

private:
    std::map<std::string, EventPtr> events_;
    DeletionSet deletions_;
};

std::vector<std::string> Ids(const std::vector<StoredEvent>& events)
{
    std::vector<std::string> ids;
    for (const auto& event : events) ids.push_back(ToHex(event.id));
    return ids;
}

/// A store with a tail that hears of all that it does.
class Pair {
public:
    explicit Pair(std::uint64_t seed, std::size_t bytes) : tail{bytes}, random{seed}
    {
        tail.Trust(true);
    }

    void Store(std::size_t count)
    {
        std::vector<EventPtr> events;
        std::vector<Verdict> verdicts;
        for (; count > 0; --count) {
            const bool again = !all.empty() && random.Below(6) == 0;
            events.push_back(again ? all[random.Below(all.size())] : random.Event());
            verdicts.push_back(store.Store(events.back()));
            all.push_back(events.back());
        }
        tail.OnStored(events, verdicts);
    }
    void Remove()
    {
        auto filter = random.AFilter();
        filter.limit.reset();
        const auto matching = Ids(store.Find(filter, 100000, 0).value()).size();
        const auto most = 1 + random.Below(5);
        store.Remove(filter, most);
        tail.OnRemoved(filter, matching < most);
    }
    void BeginPage()
    {
        const auto until = tail.BeginPage();
        if (!until) return;
        Filter filter;
        filter.until = *until;
        page = store.Find(filter, 25, kNow).value();
        from = page->size() < 25 ? kWhole : page->back().created_at + 1;
        if (from > *until) page.reset(), tail.AddPage(std::nullopt, 0);
    }
    void EndPage()
    {
        if (page) tail.AddPage(page, from);
        page.reset();
    }
    void Check(std::size_t& answered)
    {
        const auto filter = random.AFilter();
        const auto limit = static_cast<std::int64_t>(1 + random.Below(8));
        const auto held = tail.Find(filter, limit, kNow);
        if (!held) return;
        ++answered;
        ASSERT_EQ(Ids(*held), Ids(store.Find(filter, limit, kNow).value()));
    }

    PlainStore store;
    HotTail tail;
    RandomEvents random;
    std::vector<EventPtr> all;
    std::optional<std::vector<StoredEvent>> page;
    std::int64_t from = 0;
};

class HotTailTest : public testing::TestWithParam<std::size_t> {
protected:
    const std::uint64_t seed_ = std::random_device{}();
};

TEST_P(HotTailTest, AnswersAsTheStoreDoesOrNotAtAll)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    Pair pair{seed_, GetParam()};
    std::size_t answered = 0;
    for (int round = 0; round < 3000; ++round) {
        const auto what = pair.random.Below(40);
        if (what < 12) pair.Store(1 + pair.random.Below(4));
        if (what >= 12 && what < 20) pair.page ? pair.EndPage() : pair.BeginPage();
        if (what == 20) pair.Remove();
        if (what == 21 && pair.random.Below(8) == 0) pair.tail.Forget();
        if (what == 22) pair.tail.OnExpired(kNow);
        ASSERT_NO_FATAL_FAILURE(pair.Check(answered)) << "round " << round;
    }
    EXPECT_GT(answered, 100U);
}

INSTANTIATE_TEST_SUITE_P(Sizes, HotTailTest,
                         testing::Values(std::size_t{20'000}, std::size_t{100'000}, kRoomy));

TEST_F(HotTailTest, SaysNothingBeforeItWasFilled)
{
    HotTail tail{kRoomy};
    tail.Trust(true);
    RandomEvents random{seed_};
    const auto event = random.Event();
    tail.OnStored(std::vector{event}, std::vector{Verdict::kStored});
    EXPECT_EQ(tail.Find({}, 1, 0).error().reason, "NOT_IN_MEMORY");
}

TEST_F(HotTailTest, HoldsAllOnceItIsFilled)
{
    PlainStore store;
    RandomEvents random{seed_};
    for (int i = 0; i < 300; ++i) store.Store(random.Event());
    HotTail tail{kRoomy};
    tail.Trust(true);
    while (FillPage(store, tail, 0)) {}
    EXPECT_EQ(tail.count(), store.count());
    EXPECT_EQ(tail.complete_from(), kWhole);
    EXPECT_EQ(tail.Find({}, 1000, 0).value().size(), store.count());
}

TEST_F(HotTailTest, StaysWithinItsSizeAndKeepsTheNewest)
{
    HotTail tail{50'000};
    tail.Trust(true);
    PlainStore store;
    while (FillPage(store, tail, 0)) {}
    RandomEvents random{seed_};
    for (int i = 0; i < 500; ++i) {
        const auto event = random.Event();
        tail.OnStored(std::vector{event}, std::vector{store.Store(event)});
    }
    EXPECT_LT(tail.count(), 100U);
    EXPECT_GT(tail.count(), 10U);
    EXPECT_GT(tail.complete_from(), 1000);
    EXPECT_EQ(Ids(tail.Find({}, 3, 0).value()), Ids(store.Find({}, 3, 0).value()));
}

TEST_F(HotTailTest, DoesNotCountOnAPageBelowWhatItEvictedMeanwhile)
{
    const auto note = [](char digit, std::int64_t created_at) {
        return Admitted({.id = std::string(64, digit),
                         .pubkey = std::string(64, 'f'),
                         .created_at = created_at,
                         .kind = 1,
                         .tags = {},
                         .content = std::string(6000, 'x'),
                         .sig = std::string(128, 'a')});
    };
    PlainStore store;
    HotTail tail{20'000};
    tail.Trust(true);
    const std::vector old{note('1', 1), note('2', 2)};
    store.Store(old[0]);
    store.Store(old[1]);
    ASSERT_TRUE(tail.BeginPage());
    tail.AddPage(std::vector{store.Find({}, 1, 0).value()}, 2);
    const auto until = tail.BeginPage();
    ASSERT_EQ(until, 1);
    Filter rest;
    rest.until = *until;
    const auto page = store.Find(rest, 10, 0).value();
    for (int i = 0; i < 4; ++i) {  // The last of them push the second note out.
        const auto event = note(static_cast<char>('3' + i), 10 + i);
        tail.OnStored(std::vector{event}, std::vector{store.Store(event)});
    }
    tail.AddPage(page, kWhole);
    Filter filter;
    filter.until = 5;
    const auto held = tail.Find(filter, 10, 0);
    EXPECT_TRUE(!held || held->size() == 2U);
    EXPECT_GT(tail.complete_from(), 2);
}

TEST_F(HotTailTest, IsNotFilledBeforeItIsTrusted)
{
    PlainStore store;
    store.Store(RandomEvents{seed_}.Event());
    HotTail tail{kRoomy};
    EXPECT_FALSE(FillPage(store, tail, 0));
    tail.Trust(true);
    EXPECT_TRUE(FillPage(store, tail, 0));
    tail.Trust(false);
    EXPECT_FALSE(FillPage(store, tail, 0));
    EXPECT_FALSE(tail.Find({}, 1, 0));
}

TEST_F(HotTailTest, IsFilledWithLongEventsPieceByPiece)
{
    constexpr std::int64_t kLong = kPageBytes / 3;
    for (const std::int64_t seconds : {1, 2, 12}) {
        PlainStore store;
        for (std::int64_t i = 0; i < 12; ++i) {
            store.Store(Admitted({.id = ToHex(std::string(32, static_cast<char>(i))),
                                  .pubkey = std::string(64, 'f'),
                                  .created_at = 100 + i % seconds,
                                  .kind = 1,
                                  .tags = {},
                                  .content = std::string(kLong, 'x'),
                                  .sig = std::string(128, 'a')}));
        }
        HotTail tail{10 * kPageBytes};
        tail.Trust(true);
        std::size_t most = 0;
        for (std::size_t before = 0; FillPage(store, tail, 0); before = tail.count()) {
            most = std::max(most, tail.count() - before);
        }
        EXPECT_EQ(tail.count(), 12U) << seconds << " seconds";
        EXPECT_EQ(tail.complete_from(), kWhole);
        EXPECT_LE(most, seconds == 12 ? 4U : 12U);
    }
}

TEST_F(HotTailTest, ReadsAgainWhatItForgot)
{
    PlainStore store;
    RandomEvents random{seed_};
    for (int i = 0; i < 50; ++i) store.Store(random.Event());
    HotTail tail{kRoomy};
    tail.Trust(true);
    while (FillPage(store, tail, 0)) {}
    tail.Forget();
    EXPECT_FALSE(tail.Find({}, 1, 0));
    while (FillPage(store, tail, 0)) {}
    EXPECT_EQ(tail.count(), store.count());
}

}  // namespace
}  // namespace berth::relay::test
