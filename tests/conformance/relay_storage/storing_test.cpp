#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

using Texts = std::vector<std::string>;

template <typename S>
class StoringTest : public StorageTest<S> {};
TYPED_TEST_SUITE(StoringTest, Subjects, SubjectNames);

Draft Deletion(const std::vector<nostr::Tag>& tags, std::int64_t at = 1'500)
{
    return {.created_at = at, .kind = 5, .content = "deletion", .tags = tags};
}

std::string Address(int kind, const std::string& d = "")
{
    return std::to_string(kind) + ":" + KeyOf("alice") + ":" + d;
}

TYPED_TEST(StoringTest, GivesBackTheBytesThatAreSent)
{
    const auto event = Make({.content = "line\nquote\" back\\slash \x7F \xF0\x9F\x8C\x8A \x01",
                             .tags = {{"t", "x\"y"}, {"e"}, {}, {"long name", "v", "more"}}});
    EXPECT_EQ(this->Put(event), Verdict::kStored);
    const auto found = this->store_->Find({}, 10, 2'000).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].json, event->json);
    EXPECT_EQ(found[0].id, IdOf(event));
    EXPECT_EQ(found[0].created_at, 1'000);
    EXPECT_EQ(found[0].kind, 1);
}

TYPED_TEST(StoringTest, StoresAnEventOnce)
{
    const auto event = Make({});
    EXPECT_EQ(this->PutAll({event, event}), (std::vector{Verdict::kStored, Verdict::kDuplicate}));
    EXPECT_EQ(this->Put(event), Verdict::kDuplicate);
    EXPECT_EQ(this->store_->Measure().value().events, 1);
}

TYPED_TEST(StoringTest, StoresNothingOfAnEmptyBatch) { EXPECT_TRUE(this->PutAll({}).empty()); }

TYPED_TEST(StoringTest, StoresALongEvent)
{
    const auto event =
        Make({.content = std::string(600'000, 'x'), .tags = {{"t", std::string(100'000, 'y')}}});
    EXPECT_EQ(this->Put(event), Verdict::kStored);
    EXPECT_EQ(this->store_->Find({}, 1, 2'000).value().at(0).json, event->json);
}

TYPED_TEST(StoringTest, KeepsTheNewestReplaceableEvent)
{
    EXPECT_EQ(this->Put({.created_at = 10, .kind = 0, .content = "b"}), Verdict::kStored);
    EXPECT_EQ(this->Put({.created_at = 9, .kind = 0, .content = "a"}), Verdict::kOutdated);
    EXPECT_EQ(this->Put({.created_at = 11, .kind = 0, .content = "c"}), Verdict::kStored);
    EXPECT_EQ(this->Put({.created_at = 9, .kind = 3, .content = "contacts"}), Verdict::kStored);
    EXPECT_EQ(this->Put({.author = KeyOf("bob"), .created_at = 1, .kind = 0, .content = "bob"}),
              Verdict::kStored);
    EXPECT_EQ(this->Find({}), (Texts{"c", "contacts", "bob"}));
}

TYPED_TEST(StoringTest, KeepsTheLowerIdOfTwoReplaceableEventsOfOneSecond)
{
    const auto low = MakeWithIdHead({.kind = 10002, .content = "low"}, "0");
    const auto high = MakeWithIdHead({.kind = 10002, .content = "high"}, "f");
    EXPECT_EQ(this->Put(high), Verdict::kStored);
    EXPECT_EQ(this->Put(low), Verdict::kStored);
    EXPECT_EQ(this->Put(high), Verdict::kOutdated);
    EXPECT_EQ(this->Find({}), Texts{"low"});
}

TYPED_TEST(StoringTest, KeepsTheNewestOfABatchAtOneAddress)
{
    const auto at = [](std::int64_t time, const std::string& content) {
        return Make({.created_at = time, .kind = 0, .content = content});
    };
    this->PutAll({at(10, "a"), at(12, "c"), at(11, "b")});
    EXPECT_EQ(this->Find({}), Texts{"c"});
}

TYPED_TEST(StoringTest, KeepsOneAddressableEventForEachD)
{
    const auto put = [&](std::int64_t at, const std::string& content,
                         std::vector<nostr::Tag> tags) {
        return this->Put(
            {.created_at = at, .kind = 30'023, .content = content, .tags = std::move(tags)});
    };
    EXPECT_EQ(put(10, "one", {{"d", "x"}}), Verdict::kStored);
    EXPECT_EQ(put(11, "two", {{"d", "y"}}), Verdict::kStored);
    EXPECT_EQ(put(12, "three", {{"d", "x"}}), Verdict::kStored);
    EXPECT_EQ(put(13, "no d", {}), Verdict::kStored);
    EXPECT_EQ(put(12, "empty d", {{"d", ""}}), Verdict::kOutdated);
    EXPECT_EQ(this->Find({}), (Texts{"no d", "three", "two"}));
}

TYPED_TEST(StoringTest, DeletesAnAuthorsOwnEventsById)
{
    const auto mine = Make({.content = "mine"});
    const auto other = Make({.author = KeyOf("bob"), .content = "bob's"});
    this->PutAll({mine, other});
    EXPECT_EQ(this->Put(Deletion({{"e", mine->event.id}, {"e", other->event.id}, {"e", "short"}})),
              Verdict::kStored);
    EXPECT_EQ(this->Find({}), (Texts{"deletion", "bob's"}));
    EXPECT_EQ(this->Put(mine), Verdict::kDeleted);
    EXPECT_EQ(this->Put(other), Verdict::kDuplicate);
}

TYPED_TEST(StoringTest, RefusesWhatWasDeletedBeforeItCame)
{
    const auto event = Make({});
    this->Put(Deletion({{"e", event->event.id}}));
    EXPECT_EQ(this->Put(event), Verdict::kDeleted);
}

TYPED_TEST(StoringTest, AppliesADeletionWithinItsBatch)
{
    const auto event = Make({.content = "victim"});
    const auto deletion = Make(Deletion({{"e", event->event.id}}));
    this->PutAll({event, deletion});
    EXPECT_EQ(this->Find({}), Texts{"deletion"});
    EXPECT_EQ(this->PutAll({event}), std::vector{Verdict::kDeleted});
}

TYPED_TEST(StoringTest, TakesAnotherAuthorsDeletionForNothing)
{
    const auto event = Make({.author = KeyOf("bob")});
    this->Put(Deletion({{"e", event->event.id}}));
    EXPECT_EQ(this->Put(event), Verdict::kStored);
}

TYPED_TEST(StoringTest, DeletesAnAddressUpToTheTimeOfTheDeletion)
{
    const auto version = [](std::int64_t at) {
        return Make({.created_at = at,
                     .kind = 30'023,
                     .content = std::to_string(at),
                     .tags = {{"d", "x"}}});
    };
    this->PutAll({version(1'400),
                  Make({.created_at = 1, .kind = 30'023, .content = "y", .tags = {{"d", "y"}}})});
    this->Put(Deletion({{"a", Address(30'023, "x")}}));
    EXPECT_EQ(this->Find({}), (Texts{"deletion", "y"}));
    EXPECT_EQ(this->Put(version(1'500)), Verdict::kDeleted);
    EXPECT_EQ(this->Put(version(1'501)), Verdict::kStored);
}

TYPED_TEST(StoringTest, LeavesAnAddressOfAnotherAuthor)
{
    const auto profile = Make({.author = KeyOf("bob"), .kind = 0, .content = "bob"});
    this->Put(profile);
    this->Put(Deletion({{"a", "0:" + KeyOf("bob") + ":"}}));
    EXPECT_EQ(this->Find({}), (Texts{"deletion", "bob"}));
}

TYPED_TEST(StoringTest, DeletesNoDeletion)
{
    const auto first = Make(Deletion({{"e", std::string(64, '0')}}));
    this->Put(first);
    this->Put(
        {.created_at = 1'600, .kind = 5, .content = "again", .tags = {{"e", first->event.id}}});
    EXPECT_EQ(this->Find({}), (Texts{"again", "deletion"}));
    EXPECT_EQ(this->Put(first), Verdict::kDuplicate);
}

TYPED_TEST(StoringTest, RemovesAnAuthorWhoVanishes)
{
    const auto early = Make({.created_at = 1'000, .content = "early"});
    const auto late = Make({.created_at = 1'600, .content = "late"});
    const auto wrap = [](std::int64_t at, const std::string& reader) {
        return Make({.author = KeyOf("ephemeral"),
                     .created_at = at,
                     .kind = 1059,
                     .content = "to " + reader,
                     .tags = {{"p", KeyOf(reader)}}});
    };
    this->PutAll({early, late, wrap(900, "alice"), wrap(901, "bob"),
                  Make({.author = KeyOf("bob"),
                        .created_at = 800,
                        .content = "names alice",
                        .tags = {{"p", KeyOf("alice")}}})});
    EXPECT_EQ(this->Put({.created_at = 1'500,
                         .kind = 62,
                         .content = "vanish",
                         .tags = {{"relay", "ALL_RELAYS"}}}),
              Verdict::kStored);
    EXPECT_EQ(this->Find({}), (Texts{"late", "vanish", "to bob", "names alice"}));
    EXPECT_EQ(this->Put(early), Verdict::kDeleted);
    EXPECT_EQ(this->Put({.created_at = 1'501, .content = "new"}), Verdict::kStored);
    EXPECT_EQ(this->Put({.author = KeyOf("carol"), .created_at = 700}), Verdict::kStored);
}

TYPED_TEST(StoringTest, RefusesGiftWrapsForWhoVanishedSince)
{
    const auto wrap = [](std::int64_t at, const std::vector<std::string>& readers) {
        std::vector<nostr::Tag> tags{{"p"}, {"p", "no key"}};
        for (const auto& reader : readers) tags.push_back({"p", KeyOf(reader)});
        return Make({.author = KeyOf("ephemeral"), .created_at = at, .kind = 1059, .tags = tags});
    };
    const auto for_both = wrap(900, {"bob", "alice"});
    EXPECT_EQ(this->Put(for_both), Verdict::kStored);
    this->Put({.created_at = 1'500, .kind = 62, .content = "vanish"});
    EXPECT_EQ(this->Put(for_both), Verdict::kDeleted);
    EXPECT_EQ(this->PutAll({wrap(1'500, {"alice"}), wrap(1'501, {"alice"}), wrap(901, {"bob"})}),
              (std::vector{Verdict::kDeleted, Verdict::kStored, Verdict::kStored}));
    EXPECT_EQ(this->Put({.author = KeyOf("bob"), .kind = 4, .tags = {{"p", KeyOf("alice")}}}),
              Verdict::kStored);
}

TYPED_TEST(StoringTest, DeletesNoRequestToVanish)
{
    const auto vanish = Make({.created_at = 1'000, .kind = 62, .content = "vanish"});
    this->Put(vanish);
    this->Put(Deletion({{"e", vanish->event.id}}));
    EXPECT_EQ(this->Find({}), (Texts{"deletion", "vanish"}));
}

TYPED_TEST(StoringTest, HidesWhatHasExpiredAndThenRemovesIt)
{
    const auto lasting = [](const std::string& expiration) {
        return Make({.content = expiration, .tags = {{"expiration", expiration}}});
    };
    this->PutAll({lasting("3000"), lasting("4000"), Make({.created_at = 1, .content = "ever"})});
    EXPECT_EQ(this->Find({}, 10, 2'999).size(), 3U);
    EXPECT_EQ(this->Find({}, 10, 3'000), (Texts{"4000", "ever"}));
    EXPECT_EQ(this->store_->RemoveExpired(2'999).value(), 0);
    EXPECT_EQ(this->store_->RemoveExpired(3'000).value(), 1);
    EXPECT_EQ(this->store_->Measure().value().events, 2);
    EXPECT_EQ(this->store_->RemoveExpired(9'000).value(), 1);
    EXPECT_EQ(this->Find({}), Texts{"ever"});
    EXPECT_EQ(this->Put(lasting("3000")), Verdict::kStored) << "it may come again";
}

TYPED_TEST(StoringTest, TellsItsSize)
{
    const auto before = this->store_->Measure().value();
    EXPECT_EQ(before.events, 0);
    std::vector<EventPtr> events;
    for (int i = 0; i < 500; ++i) {
        events.push_back(Make({.content = std::to_string(i) + std::string(2'000, 'x')}));
    }
    this->PutAll(events);
    const auto after = this->store_->Measure().value();
    EXPECT_EQ(after.events, 500);
    EXPECT_GT(after.database_bytes, before.database_bytes + 200'000);
}

}  // namespace
}  // namespace berth::relay::test
