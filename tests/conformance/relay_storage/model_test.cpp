#include <algorithm>
#include <map>
#include <random>

#include "relay-image/protocol/event_kind.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

/// The same random events and filters put to a store and to a list that is searched by
/// Filter::Matches; they have to agree.
template <typename S>
class ModelTest : public StorageTest<S> {
protected:
    int Pick(int count) { return std::uniform_int_distribution{0, count - 1}(random_); }
    bool Toss() { return Pick(2) == 0; }
    std::string Author() { return KeyOf("author " + std::to_string(Pick(8))); }
    std::string Value()
    {
        return std::string(static_cast<std::size_t>(Pick(3) * 12), 'v') + std::to_string(Pick(5));
    }
    int Kind()
    {
        constexpr int kKinds[] = {0, 1, 7, 1059, 10'002, 30'023};
        return kKinds[Pick(6)];
    }

    EventPtr AnEvent()
    {
        Draft draft{.author = Author(),
                    .created_at = 100 + Pick(40),
                    .kind = Kind(),
                    .content = "event " + std::to_string(++made_),
                    .tags = {}};
        for (int i = Pick(5); i > 0; --i) draft.tags.push_back({Toss() ? "t" : "e", Value()});
        if (Pick(4) == 0) draft.tags.push_back({"p", Author()});
        if (draft.kind == 30'023) draft.tags.push_back({"d", std::to_string(Pick(3))});
        return Make(draft);
    }

    Filter AFilter()
    {
        Filter filter;
        if (Pick(3) == 0) filter.authors = Several([&] { return Author(); });
        if (Pick(3) == 0) filter.kinds = Several([&] { return Kind(); });
        if (Pick(3) == 0) filter.tags.push_back({'t', Several([&] { return Value(); })});
        if (Pick(4) == 0) filter.tags.push_back({'e', Several([&] { return Value(); })});
        if (Pick(4) == 0) filter.since = 95 + Pick(50);
        if (Pick(4) == 0) filter.until = 95 + Pick(50);
        if (Pick(4) == 0) filter.wraps_for = Several([&] { return Author(); });
        if (Pick(6) == 0) filter.ids = Several([&] { return events_[SomePlace()]->event.id; });
        return filter;
    }

    void Keep(const EventPtr& event)
    {
        if (const auto address = AddressOf(event->event)) {
            std::erase_if(events_,
                          [&](const auto& old) { return AddressOf(old->event) == address; });
        }
        events_.push_back(event);
    }

    std::vector<EventPtr> Expected(const Filter& filter) const
    {
        std::vector<EventPtr> found;
        std::ranges::copy_if(events_, std::back_inserter(found),
                             [&](const auto& event) { return filter.Matches(event->event); });
        std::ranges::sort(found, {}, [](const auto& event) {
            return std::pair{-event->event.created_at, event->event.id};
        });
        return found;
    }

    void FillWith(int count)
    {
        for (int i = 0; i < count; ++i) {
            const auto event = AnEvent();
            if (this->Put(event) == Verdict::kStored) Keep(event);
        }
    }

    std::vector<EventPtr> events_;

private:
    std::size_t SomePlace()
    {
        return static_cast<std::size_t>(Pick(static_cast<int>(events_.size())));
    }
    template <typename MakeValue>
    auto Several(MakeValue make) -> std::vector<decltype(make())>
    {
        std::vector<decltype(make())> values;
        for (int i = 1 + Pick(4); i > 0; --i) values.push_back(make());
        std::ranges::sort(values);
        const auto repeats = std::ranges::unique(values);
        values.erase(repeats.begin(), repeats.end());
        return values;
    }

    static constexpr unsigned kSeed = 20'261'125;
    std::mt19937 random_{kSeed};
    int made_ = 0;
};
TYPED_TEST_SUITE(ModelTest, Subjects, SubjectNames);

constexpr int kEvents = 400;
constexpr int kFilters = 400;

TYPED_TEST(ModelTest, FindsWhatTheFiltersSay)
{
    this->FillWith(kEvents);
    for (int i = 0; i < kFilters; ++i) {
        const auto filter = this->AFilter();
        auto expected = this->Expected(filter);
        EXPECT_EQ(this->store_->Count(filter, kEvents, 2'000).value(),
                  static_cast<std::int64_t>(expected.size()));
        const auto limit = static_cast<std::size_t>(this->Toss() ? 1 + this->Pick(10) : kEvents);
        if (expected.size() > limit) expected.resize(limit);
        const auto found =
            this->store_->Find(filter, static_cast<std::int64_t>(limit), 2'000).value();
        ASSERT_EQ(found.size(), expected.size()) << i;
        for (std::size_t j = 0; j < found.size(); ++j) {
            ASSERT_EQ(found[j].json, expected[j]->json) << i;
        }
    }
}

TYPED_TEST(ModelTest, RemovesWhatTheFiltersSay)
{
    this->FillWith(kEvents);
    for (int i = 0; i < 40; ++i) {
        const auto filter = this->AFilter();
        const auto doomed = this->Expected(filter);
        EXPECT_EQ(this->store_->Remove(filter, kEvents).value(),
                  static_cast<std::int64_t>(doomed.size()));
        std::erase_if(this->events_,
                      [&](const auto& event) { return std::ranges::count(doomed, event) > 0; });
        ASSERT_EQ(this->store_->Keys({}, kEvents, 2'000).value().size(), this->events_.size());
        this->FillWith(20);
    }
}

}  // namespace
}  // namespace berth::relay::test
