#include <algorithm>

#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

using Texts = std::vector<std::string>;

/// Counting, listing, paging and removing, over 30 events in 10 seconds.
template <typename S>
class ListingTest : public StorageTest<S> {
protected:
    ListingTest()
    {
        for (int i = 0; i < 30; ++i) {
            events_.push_back(Make({.author = KeyOf(i % 3 == 0 ? "alice" : "bob"),
                                    .created_at = 100 + i % 10,
                                    .kind = i % 2 == 0 ? 9 : 1,
                                    .content = std::to_string(i),
                                    .tags = {{"t", i % 5 == 0 ? "five" : "other"}}}));
        }
        this->PutAll(events_);
        std::ranges::sort(events_, {}, KeyOfEvent);
    }
    static EventKey KeyOfEvent(const EventPtr& event)
    {
        return {event->event.created_at, IdOf(event)};
    }
    std::vector<EventKey> Expected(const Filter& filter) const
    {
        std::vector<EventKey> keys;
        for (const auto& event : events_) {
            if (filter.Matches(event->event)) keys.push_back(KeyOfEvent(event));
        }
        return keys;
    }
    static std::vector<EventKey> KeysOf(const std::vector<StoredEvent>& events)
    {
        std::vector<EventKey> keys;
        for (const auto& event : events) keys.push_back({event.created_at, event.id});
        return keys;
    }

    std::vector<EventPtr> events_;  ///< Oldest first.
};
TYPED_TEST_SUITE(ListingTest, Subjects, SubjectNames);

std::vector<Filter> SomeFilters()
{
    Filter alice{.authors = {{KeyOf("alice")}}};
    Filter both = alice;
    both.kinds = {{1, 9}};
    both.tags = {{'t', {"five", "other"}}};
    return {{},
            alice,
            both,
            {.kinds = {{9}}},
            {.tags = {{'t', {"five"}}}},
            {.since = 103, .until = 106},
            {.kinds = {{4}}}};
}

TYPED_TEST(ListingTest, CountsWhatMatchesUpToAMost)
{
    for (const auto& filter : SomeFilters()) {
        const auto expected = static_cast<std::int64_t>(this->Expected(filter).size());
        EXPECT_EQ(this->store_->Count(filter, 1'000, 2'000).value(), expected);
        EXPECT_EQ(this->store_->Count(filter, 4, 2'000).value(),
                  std::min<std::int64_t>(4, expected));
    }
    EXPECT_EQ(this->store_->Count({}, 0, 2'000).value(), 0);
}

TYPED_TEST(ListingTest, CountsNothingThatHasExpired)
{
    this->Put({.tags = {{"expiration", "5000"}}});
    EXPECT_EQ(this->store_->Count({}, 100, 4'999).value(), 31);
    EXPECT_EQ(this->store_->Count({}, 100, 5'000).value(), 30);
}

TYPED_TEST(ListingTest, NamesTheAuthorOfEachEventThatMatches)
{
    auto authors = this->store_->Authors({.tags = {{'t', {"five"}}}}, 100, 2'000).value();
    EXPECT_EQ(authors.size(), 6U);
    for (const auto& author : authors) EXPECT_EQ(author.size(), 32U);
    std::ranges::sort(authors);
    const auto repeats = std::ranges::unique(authors);
    authors.erase(repeats.begin(), repeats.end());
    EXPECT_EQ(authors.size(), 2U);
    EXPECT_EQ(this->store_->Authors({}, 7, 2'000).value().size(), 7U);
}

TYPED_TEST(ListingTest, ListsTheKeysOfAllThatMatchesOldestFirst)
{
    for (const auto& filter : SomeFilters()) {
        EXPECT_EQ(this->store_->Keys(filter, 30, 2'000).value(), this->Expected(filter));
    }
    const auto too_many = this->store_->Keys({}, 29, 2'000);
    ASSERT_TRUE(too_many.has_error());
    EXPECT_EQ(too_many.error().code, ErrorCode::kExhausted);
    EXPECT_EQ(too_many.error().reason, "TOO_MANY");
}

TYPED_TEST(ListingTest, ListsNoKeyOfWhatHasExpired)
{
    this->Put({.tags = {{"expiration", "5000"}}});
    EXPECT_EQ(this->store_->Keys({}, 100, 5'000).value().size(), 30U);
    EXPECT_EQ(this->store_->Keys({}, 100, 4'999).value().size(), 31U);
}

TYPED_TEST(ListingTest, PagesThroughAllThatMatchesOldestFirst)
{
    for (const auto& filter : SomeFilters()) {
        for (const std::int64_t most : {1, 2, 7, 100}) {
            std::vector<EventKey> seen;
            EventKey after;
            while (true) {
                const auto page = this->store_->Page(filter, after, most).value();
                if (page.empty()) break;
                ASSERT_LE(page.size(), static_cast<std::size_t>(most));
                for (const auto& key : this->KeysOf(page)) seen.push_back(key);
                after = seen.back();
            }
            EXPECT_EQ(seen, this->Expected(filter)) << most;
        }
    }
}

TYPED_TEST(ListingTest, PagesThroughManyEventsOfOneSecondWhoseIdsShareAHead)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < 9; ++i) {
        events.push_back(MakeWithIdHead({.kind = 4, .content = std::to_string(i)}, "abc"));
    }
    this->PutAll(events);
    std::ranges::sort(events, {}, TestFixture::KeyOfEvent);
    std::vector<EventKey> seen;
    EventKey after;
    for (int round = 0; round < 5; ++round) {
        const auto page = this->store_->Page({.kinds = {{4}}}, after, 2).value();
        for (const auto& key : this->KeysOf(page)) seen.push_back(key);
        after = seen.back();
    }
    ASSERT_EQ(seen.size(), 9U);
    for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(seen[i], TestFixture::KeyOfEvent(events[i]));
}

TYPED_TEST(ListingTest, PagesOfLongEventsHoldFewerOfThem)
{
    constexpr int kEvents = 7;
    for (int i = 0; i < kEvents; ++i) {
        this->Put({.created_at = 100 + i,
                   .kind = 4,
                   .content = "long " + std::string(kPageBytes / 3, 'x')});
    }
    Filter search{.kinds = {{4}}};
    search.search = "long";
    for (const auto& filter : {Filter{.kinds = {{4}}}, search}) {
        std::vector<std::size_t> sizes;
        EventKey after;
        for (int pages = 0; pages <= kEvents; ++pages) {
            const auto page = this->store_->Page(filter, after, 100).value();
            if (page.empty()) break;
            sizes.push_back(page.size());
            for (const auto& event : page) EXPECT_GT(event.json.size(), kPageBytes / 3);
            after = {page.back().created_at, page.back().id};
        }
        EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
    }
    EXPECT_EQ(this->store_->Remove(search, 100).value(), kEvents);
}

TYPED_TEST(ListingTest, PagesThroughWhatHasExpiredToo)
{
    this->Put({.kind = 4, .tags = {{"expiration", "2"}}});
    EXPECT_EQ(this->store_->Page({.kinds = {{4}}}, {}, 10).value().size(), 1U);
}

TYPED_TEST(ListingTest, RemovesWhatMatchesAMostAtATime)
{
    const Filter five{.tags = {{'t', {"five"}}}};
    EXPECT_EQ(this->store_->Remove(five, 4).value(), 4);
    EXPECT_EQ(this->store_->Remove(five, 4).value(), 2);
    EXPECT_EQ(this->store_->Remove(five, 4).value(), 0);
    EXPECT_EQ(this->store_->Measure().value().events, 24);
    EXPECT_EQ(this->Find(five), Texts{});
    EXPECT_EQ(this->store_->Count({}, 100, 2'000).value(), 24);
}

TYPED_TEST(ListingTest, StoresAgainWhatWasRemoved)
{
    EXPECT_EQ(this->store_->Remove({}, 1'000).value(), 30);
    EXPECT_EQ(this->Find({}), Texts{});
    for (const auto verdict : this->PutAll(this->events_)) EXPECT_EQ(verdict, Verdict::kStored);
    EXPECT_EQ(this->store_->Keys({}, 100, 2'000).value(), this->Expected({}));
}

TYPED_TEST(ListingTest, CountsTheEventsAndBytesOfEachKind)
{
    const auto census = this->store_->CountKinds(100).value();
    EXPECT_FALSE(census.is_estimate);
    ASSERT_EQ(census.kinds.size(), 2U);
    for (const auto& kind : census.kinds) {
        EXPECT_EQ(kind.events, 15);
        EXPECT_GT(kind.bytes, 15 * 128) << "id, key and signature alone";
        EXPECT_LT(kind.bytes, 15 * 1'000);
    }
    EXPECT_EQ(census.kinds.at(0).kind, 1);
    EXPECT_EQ(census.kinds.at(1).kind, 9);
    this->store_->Remove({}, 100).value();
    EXPECT_TRUE(this->store_->CountKinds(100).value().kinds.empty());
}

TYPED_TEST(ListingTest, EstimatesTheKindsOfManyEventsByASample)
{
    std::vector<EventPtr> many;
    for (int i = 0; i < 3'000; ++i) {
        many.push_back(Make({.kind = i % 3 == 0 ? 4 : 5'000,
                             .content = std::string(500, 'x') + std::to_string(i)}));
    }
    this->PutAll(many);
    const auto whole = this->store_->CountKinds(10'000).value();
    const auto census = this->store_->CountKinds(1'000).value();
    EXPECT_TRUE(census.is_estimate);
    for (const auto& kind : whole.kinds) {
        if (kind.events < 1'000) continue;
        const auto found = std::ranges::find(census.kinds, kind.kind, &KindFigures::kind);
        ASSERT_NE(found, census.kinds.end());
        EXPECT_GT(found->events, kind.events / 3);
        EXPECT_LT(found->events, kind.events * 3);
        EXPECT_GT(found->bytes, kind.bytes / 3);
        EXPECT_LT(found->bytes, kind.bytes * 3);
    }
}

TYPED_TEST(ListingTest, RemembersADeletionThatIsRemoved)
{
    const auto victim = this->events_.front();
    this->Put({.author = victim->event.pubkey, .kind = 5, .tags = {{"e", victim->event.id}}});
    EXPECT_EQ(this->store_->Remove({.kinds = {{5}}}, 10).value(), 1);
    EXPECT_EQ(this->Put(victim), Verdict::kDeleted);
}

}  // namespace
}  // namespace berth::relay::test
