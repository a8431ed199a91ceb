#include <algorithm>

#include "core/base/encoding.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

using Texts = std::vector<std::string>;

template <typename S>
class FindingTest : public StorageTest<S> {
protected:
    void PutPeople()
    {
        std::vector<EventPtr> events;
        std::int64_t at = 100;
        for (const auto* name : {"alice", "bob", "carol"}) {
            for (const int kind : {1, 7}) {
                events.push_back(Make({.author = KeyOf(name),
                                       .created_at = at++,
                                       .kind = kind,
                                       .content = name + std::to_string(kind),
                                       .tags = {{"t", name}, {"k", std::to_string(kind)}}}));
            }
        }
        this->PutAll(events);
    }
};
TYPED_TEST_SUITE(FindingTest, Subjects, SubjectNames);

std::vector<std::string> Sorted(std::vector<std::string> values)
{
    std::ranges::sort(values);
    return values;
}

Filter Authors(const std::vector<std::string>& names)
{
    Filter filter;
    filter.authors.emplace();
    for (const auto& name : names) filter.authors->push_back(KeyOf(name));
    std::ranges::sort(*filter.authors);
    return filter;
}

Filter Tagged(std::vector<TagCondition> tags) { return Filter{.tags = std::move(tags)}; }

TYPED_TEST(FindingTest, TheNewestComeFirst)
{
    this->PutPeople();
    EXPECT_EQ(this->Find({}), (Texts{"carol7", "carol1", "bob7", "bob1", "alice7", "alice1"}));
    EXPECT_EQ(this->Find({}, 2), (Texts{"carol7", "carol1"}));
    EXPECT_EQ(this->Find({}, 0), Texts{});
}

TYPED_TEST(FindingTest, OfOneSecondTheLowerIdsComeFirst)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < 200; ++i) {
        events.push_back(Make({.created_at = 100 + i % 2, .content = std::to_string(i)}));
    }
    this->PutAll(events);
    std::ranges::sort(events, [](const auto& a, const auto& b) {
        return std::pair{-a->event.created_at, a->event.id} <
               std::pair{-b->event.created_at, b->event.id};
    });
    for (const std::int64_t limit : {1, 50, 99, 100, 101, 150, 200}) {
        const auto found = this->store_->Find({}, limit, 2'000).value();
        ASSERT_EQ(found.size(), static_cast<std::size_t>(limit));
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].id, IdOf(events[i]));
    }
}

TYPED_TEST(FindingTest, IdsThatShareTheirHeadAreInOrder)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < 12; ++i) {
        events.push_back(
            MakeWithIdHead({.content = std::to_string(i), .tags = {{"t", "x"}}}, "abc"));
    }
    this->PutAll(events);
    std::ranges::sort(events, {}, [](const auto& event) { return event->event.id; });
    for (const auto& filter : {Filter{}, Tagged({{'t', {"x"}}}), Authors({"alice"})}) {
        const auto found = this->store_->Find(filter, 5, 2'000).value();
        ASSERT_EQ(found.size(), 5U);
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].id, IdOf(events[i]));
    }
}

TYPED_TEST(FindingTest, LeavesOutTheJsonBehindSoManyBytes)
{
    std::vector<EventPtr> events;
    for (int i = 0; i < 9; ++i) {
        events.push_back(
            Make({.created_at = 200 - i, .content = "long " + std::string(20'000, 'x')}));
    }
    this->PutAll(events);
    Filter search;
    search.search = "long";
    for (const auto& filter : {Filter{}, Authors({"alice"}), search}) {
        for (const std::size_t whole : {0, 1, 4, 9}) {
            const auto found =
                this->store_->Find(filter, {9, whole * 20'000 + (whole > 0)}, 2'000).value();
            ASSERT_EQ(found.size(), 9U);
            for (std::size_t i = 0; i < found.size(); ++i) {
                EXPECT_EQ(found[i].id, IdOf(events[i]));
                // One more than fits may be there.
                if (i < whole) {
                    EXPECT_EQ(found[i].json, events[i]->json);
                } else if (i > whole) {
                    EXPECT_EQ(found[i].json.size(), 0U) << i << " of " << whole;
                }
            }
        }
        EXPECT_EQ(this->store_->Find(filter, {9, 0}, 2'000).value().front().json.size(), 0U);
    }
}

TYPED_TEST(FindingTest, ByIds)
{
    const auto a = Make({.content = "a"}), b = Make({.created_at = 1'001, .content = "b"});
    this->PutAll({a, b, Make({.content = "c"})});
    Filter filter{.ids = Sorted({a->event.id, b->event.id, std::string(64, '0')})};
    EXPECT_EQ(this->Find(filter), (Texts{"b", "a"}));
    EXPECT_EQ(this->Find(filter, 1), Texts{"b"});
    filter.authors = {{KeyOf("bob")}};
    EXPECT_EQ(this->Find(filter), Texts{});
    filter.authors.reset();
    filter.since = 1'001;
    EXPECT_EQ(this->Find(filter), Texts{"b"});
}

TYPED_TEST(FindingTest, ByAuthorsAndKinds)
{
    this->PutPeople();
    auto filter = Authors({"alice", "carol", "nobody"});
    EXPECT_EQ(this->Find(filter), (Texts{"carol7", "carol1", "alice7", "alice1"}));
    EXPECT_EQ(this->Find(filter, 3), (Texts{"carol7", "carol1", "alice7"}));
    filter.kinds = {{1, 9}};
    EXPECT_EQ(this->Find(filter), (Texts{"carol1", "alice1"}));
    EXPECT_EQ(this->Find({.kinds = {{7}}}), (Texts{"carol7", "bob7", "alice7"}));
    EXPECT_EQ(this->Find({.kinds = {{1, 7}}}, 3), (Texts{"carol7", "carol1", "bob7"}));
    EXPECT_EQ(this->Find({.kinds = {{65'535}}}), Texts{});
}

TYPED_TEST(FindingTest, WithinTimesThatBothCount)
{
    this->PutPeople();
    EXPECT_EQ(this->Find({.since = 104}), (Texts{"carol7", "carol1"}));
    EXPECT_EQ(this->Find({.until = 101}), (Texts{"alice7", "alice1"}));
    EXPECT_EQ(this->Find({.since = 102, .until = 102}), Texts{"bob1"});
    auto filter = Authors({"alice", "bob"});
    filter.since = 101;
    filter.until = 102;
    EXPECT_EQ(this->Find(filter), (Texts{"bob1", "alice7"}));
    EXPECT_EQ(this->Find({.kinds = {{7}}, .until = 104}), (Texts{"bob7", "alice7"}));
}

TYPED_TEST(FindingTest, AtTheEdgesOfTime)
{
    constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
    this->PutAll({Make({.created_at = 0, .content = "first"}),
                  Make({.created_at = kLast, .content = "last"})});
    EXPECT_EQ(this->Find({}), (Texts{"last", "first"}));
    EXPECT_EQ(this->Find({.until = kLast - 1}), Texts{"first"});
    EXPECT_EQ(this->Find({.since = kLast}), Texts{"last"});
    EXPECT_EQ(this->Find({.until = 0}), Texts{"first"});
}

TYPED_TEST(FindingTest, ByTags)
{
    this->PutPeople();
    EXPECT_EQ(this->Find(Tagged({{'t', {"alice"}}})), (Texts{"alice7", "alice1"}));
    EXPECT_EQ(this->Find(Tagged({{'t', {"alice", "bob"}}})),
              (Texts{"bob7", "bob1", "alice7", "alice1"}));
    EXPECT_EQ(this->Find(Tagged({{'t', {"alice", "bob"}}, {'k', {"7"}}})),
              (Texts{"bob7", "alice7"}));
    EXPECT_EQ(this->Find(Tagged({{'k', {"7"}}, {'t', {"alice", "bob"}}})),
              (Texts{"bob7", "alice7"}));
    EXPECT_EQ(this->Find(Tagged({{'t', {"Alice"}}})), Texts{}) << "values are exact";
    EXPECT_EQ(this->Find(Tagged({{'T', {"alice"}}})), Texts{}) << "so are letters";
    auto both = Authors({"bob"});
    both.tags = {{'k', {"1"}}};
    both.kinds = {{1}};
    EXPECT_EQ(this->Find(both), Texts{"bob1"});
    both.kinds = {{7}};
    EXPECT_EQ(this->Find(both), Texts{});
}

TYPED_TEST(FindingTest, AnEventOnceThoughSeveralOfItsTagsFit)
{
    this->PutAll({Make({.created_at = 3, .content = "both", .tags = {{"t", "x"}, {"t", "y"}}}),
                  Make({.created_at = 2, .content = "twice", .tags = {{"t", "x"}, {"t", "x"}}}),
                  Make({.created_at = 1, .content = "y", .tags = {{"t", "y"}}})});
    const auto filter = Tagged({{'t', {"x", "y"}}});
    EXPECT_EQ(this->Find(filter), (Texts{"both", "twice", "y"}));
    EXPECT_EQ(this->Find(filter, 2), (Texts{"both", "twice"}));
    EXPECT_EQ(this->store_->Count(filter, 100, 2'000).value(), 3);
}

TYPED_TEST(FindingTest, ByTagValuesOfAnyBytes)
{
    const Texts values{"",
                       "a",
                       "\"quoted\\\"",
                       "\x01\x1F\x7F",
                       "\xC3\xA9\xF0\x9F\x8C\x8A",
                       "%_'; --",
                       "deadbeef",
                       "DEADBEEF",
                       std::string(14, 'x'),
                       std::string(15, 'x'),
                       std::string(16, 'x'),
                       std::string(31, 'x'),
                       std::string(32, 'x'),
                       std::string(33, 'x'),
                       std::string(64, '0'),
                       std::string(5'000, 'x'),
                       std::string(4'999, 'x') + "y"};
    std::vector<EventPtr> events;
    for (std::size_t i = 0; i < values.size(); ++i) {
        events.push_back(Make({.content = std::to_string(i), .tags = {{"t", values[i]}}}));
    }
    this->PutAll(events);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(this->Find(Tagged({{'t', {values[i]}}})), Texts{std::to_string(i)});
        auto by_author = Authors({"alice"});  // The tag's condition is put to the event itself.
        by_author.ids = {{events[i]->event.id}};
        by_author.tags = {{'t', {values[i]}}};
        EXPECT_EQ(this->Find(by_author), Texts{std::to_string(i)});
    }
}

TYPED_TEST(FindingTest, ByTheFirstValueOfATagOnly)
{
    this->PutAll({Make({.content = "a", .tags = {{"t", "x", "y"}}}),
                  Make({.content = "b", .tags = {{"t"}, {"tt", "x"}, {"", "x"}}})});
    EXPECT_EQ(this->Find(Tagged({{'t', {"x"}}})), Texts{"a"});
    EXPECT_EQ(this->Find(Tagged({{'t', {"y"}}})), Texts{});
}

TYPED_TEST(FindingTest, GiftWrapsForTheirReadersOnly)
{
    this->PutAll({Make({.created_at = 3,
                        .kind = 1059,
                        .content = "for bob",
                        .tags = {{"e", "x"}, {"p", KeyOf("bob")}}}),
                  Make({.created_at = 2,
                        .kind = 1059,
                        .content = "for carol",
                        .tags = {{"p", KeyOf("carol")}}}),
                  Make({.created_at = 1, .content = "open", .tags = {{"p", KeyOf("dan")}}})});
    Filter filter;
    EXPECT_EQ(this->Find(filter).size(), 3U) << "unset is no restriction";
    filter.wraps_for.emplace();
    EXPECT_EQ(this->Find(filter), Texts{"open"});
    filter.wraps_for = {{KeyOf("bob")}};
    EXPECT_EQ(this->Find(filter), (Texts{"for bob", "open"}));
    EXPECT_EQ(this->store_->Count(filter, 10, 2'000).value(), 2);
    filter.tags = {{'p', {KeyOf("carol")}}};
    EXPECT_EQ(this->Find(filter), Texts{});
    filter.tags = {};
    filter.wraps_for = Sorted({KeyOf("bob"), KeyOf("carol")});
    EXPECT_EQ(this->Find(filter, 2), (Texts{"for bob", "for carol"}));
}

TYPED_TEST(FindingTest, WordsOfTheContent)
{
    this->PutAll(
        {Make({.created_at = 3, .content = "Orange groves, by the \"SEA\".\nNew line"}),
         Make({.created_at = 2, .content = "the sea alone"}),
         Make({.created_at = 1, .kind = 7, .content = "\xC3\x89t\xC3\xA9 at sea and oranges"})});
    const auto search = [&](const std::string& words) { return this->Find({.search = words}); };
    EXPECT_EQ(search("sea").size(), 3U);
    EXPECT_EQ(search("orange sea"), (Texts{"Orange groves, by the \"SEA\".\nNew line"}));
    EXPECT_EQ(search("\xC3\xA9t\xC3\xA9").size(), 1U);
    EXPECT_EQ(search("ora"), Texts{}) << "words are whole";
    EXPECT_EQ(search("line new").size(), 1U);
    EXPECT_EQ(this->Find({.kinds = {{7}}, .search = "sea"}).size(), 1U);
    EXPECT_EQ(this->Find({.search = "sea"}, 1).size(), 1U);
    EXPECT_EQ(this->store_->Count({.search = "sea"}, 10, 2'000).value(), 3);
}

TYPED_TEST(FindingTest, WhatASecondStoreHasStored)
{
    const auto other = this->subject_.Open();
    EXPECT_EQ(this->Find({}), Texts{});
    const auto event = Make({});
    ASSERT_TRUE(other->Store({&event, 1}));
    EXPECT_EQ(this->Find({}), Texts{"hello"});
}

}  // namespace
}  // namespace berth::relay::test
