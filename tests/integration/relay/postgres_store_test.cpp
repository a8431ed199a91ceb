#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "core/base/encoding.hpp"
#include "relay-image/storage/postgres_event_store.hpp"
#include "tests/integration/relay/random_events.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay {

/// For the messages of failed tests.
void PrintTo(const EventKey& key, std::ostream* out)
{
    *out << key.created_at << ":" << ToHex(key.id).substr(0, 8);
}

namespace test {
namespace {

constexpr std::int64_t kNow = 1050;
constexpr std::int64_t kAll = 100000;

class PostgresStoreTest : public RelayTest {
protected:
    void SetUp() override { ASSERT_TRUE(store_.Migrate()); }

    static EventPtr Signed(const nostr::SecretKey& key, EventDraft draft)
    {
        return Admitted(Sign(key, std::move(draft)));
    }
    std::vector<Verdict> Store(const std::vector<EventPtr>& events)
    {
        return store_.Store(events).value();
    }
    std::set<std::string> Kept(const Filter& filter = {})
    {
        std::set<std::string> ids;
        for (const auto& event : store_.Find(filter, kAll, kNow).value())
            ids.insert(ToHex(event.id));
        return ids;
    }

    const std::string url_ = NewDatabase();
    PostgresEventStore store_{Secret{url_}};
};

using enum Verdict;
using Verdicts = std::vector<Verdict>;

TEST_F(PostgresStoreTest, RefusesWhatADeletionBeforeItInTheBatchTookAway)
{
    const auto note = Signed(alice_, {.created_at = 1000});
    const auto deletion =
        Signed(alice_, {.kind = 5, .tags = {{"e", note->event.id}}, .created_at = 1001});
    EXPECT_EQ(Store({deletion, note}), (Verdicts{kStored, kDeleted}));
    EXPECT_EQ(Kept(), std::set{deletion->event.id});
}

TEST_F(PostgresStoreTest, TakesWhatADeletionAfterItInTheBatchTakesAway)
{
    const auto note = Signed(alice_, {.created_at = 1000});
    const auto deletion =
        Signed(alice_, {.kind = 5, .tags = {{"e", note->event.id}}, .created_at = 1001});
    EXPECT_EQ(Store({note, deletion, note}), (Verdicts{kStored, kStored, kDuplicate}));
    EXPECT_EQ(Kept(), std::set{deletion->event.id});
    EXPECT_EQ(Store({note}), Verdicts{kDeleted});
}

TEST_F(PostgresStoreTest, LeavesOthersEventsWhenADeletionNamesThem)
{
    const auto note = Signed(bob_, {.created_at = 1000});
    const auto deletion =
        Signed(alice_, {.kind = 5, .tags = {{"e", note->event.id}}, .created_at = 1001});
    EXPECT_EQ(Store({deletion, note}), (Verdicts{kStored, kStored}));
    EXPECT_EQ(Kept().size(), 2U);
}

TEST_F(PostgresStoreTest, StoresAnOlderVersionWhoseNewerOneIsBlocked)
{
    const auto older = Signed(alice_, {.kind = 10002, .content = "older", .created_at = 1000});
    const auto newer = Signed(alice_, {.kind = 10002, .content = "newer", .created_at = 1002});
    const auto deletion =
        Signed(alice_, {.kind = 5, .tags = {{"e", newer->event.id}}, .created_at = 1003});
    ASSERT_EQ(Store({deletion}), Verdicts{kStored});
    EXPECT_EQ(Store({older, newer}), (Verdicts{kStored, kDeleted}));
    EXPECT_EQ(Kept(), (std::set{older->event.id, deletion->event.id}));
}

TEST_F(PostgresStoreTest, CallsEachVersionDeletedThatAnAddressDeletionCovers)
{
    const auto pubkey = alice_.pubkey();
    const auto older = Signed(alice_, {.kind = 10002, .content = "older", .created_at = 1000});
    const auto newer = Signed(alice_, {.kind = 10002, .content = "newer", .created_at = 1002});
    const auto later = Signed(alice_, {.kind = 10002, .content = "later", .created_at = 1004});
    const auto deletion =
        Signed(alice_, {.kind = 5, .tags = {{"a", "10002:" + pubkey + ":"}}, .created_at = 1003});
    ASSERT_EQ(Store({deletion}), Verdicts{kStored});
    EXPECT_EQ(Store({older, newer, later}), (Verdicts{kDeleted, kDeleted, kStored}));
}

TEST_F(PostgresStoreTest, KeepsTheNewestVersionOfABatch)
{
    std::vector<EventPtr> versions;
    for (const int time : {1001, 1005, 1003}) {
        versions.push_back(Signed(alice_, {.kind = 0, .created_at = time}));
    }
    EXPECT_EQ(Store(versions), (Verdicts{kOutdated, kStored, kOutdated}));
    EXPECT_EQ(Kept(), std::set{versions[1]->event.id});
}

TEST_F(PostgresStoreTest, ForgetsWhoVanishesAndRefusesHisOldEvents)
{
    const auto note = Signed(alice_, {.created_at = 1000});
    const auto wrap =
        Signed(bob_, {.kind = 1059, .tags = {{"p", alice_.pubkey()}}, .created_at = 1001});
    const auto request =
        Signed(alice_, {.kind = 62, .tags = {{"relay", "ALL_RELAYS"}}, .created_at = 1002});
    const auto later = Signed(alice_, {.created_at = 1003});
    EXPECT_EQ(Store({note, wrap, request, later}), (Verdicts{kStored, kStored, kStored, kStored}));
    EXPECT_EQ(Kept(), (std::set{request->event.id, later->event.id}));
    EXPECT_EQ(Store({note, later}), (Verdicts{kDeleted, kDuplicate}));
    const auto undo =
        Signed(alice_, {.kind = 5, .tags = {{"e", request->event.id}}, .created_at = 1004});
    Store({undo});
    EXPECT_TRUE(Kept().contains(request->event.id));
}

TEST_F(PostgresStoreTest, KeepsRecordsByCollectionAndKey)
{
    ASSERT_TRUE(store_.PutRecord("bans", "b", "1"));
    ASSERT_TRUE(store_.PutRecord("bans", "a", "2"));
    ASSERT_TRUE(store_.PutRecord("bans", "b", "3"));
    ASSERT_TRUE(store_.PutRecord("members", "a", "4"));
    PostgresEventStore other{Secret{url_}};
    const auto bans = other.LoadRecords("bans").value();
    ASSERT_EQ(bans.size(), 2U);
    EXPECT_EQ(bans[0].key + bans[0].json + bans[1].key + bans[1].json, "a2b3");
    ASSERT_TRUE(other.EraseRecord("bans", "a"));
    EXPECT_TRUE(other.EraseRecord("bans", "a"));
    EXPECT_EQ(store_.LoadRecords("bans").value().size(), 1U);
}

TEST_F(PostgresStoreTest, SaysThatThereAreTooManyKeys)
{
    Store({Signed(alice_, {.created_at = 1000}), Signed(alice_, {.created_at = 1001})});
    EXPECT_EQ(store_.Keys({}, 2, kNow).value().size(), 2U);
    EXPECT_EQ(store_.Keys({}, 1, kNow).error().reason, "TOO_MANY");
}

TEST_F(PostgresStoreTest, FindsWhatTheFirstSchemaKept)
{
    const auto url = NewDatabase();
    PostgresConnection connection{Secret{url}, ""};
    std::ifstream file{std::string{BERTH_SOURCE_DIR} +
                       "/relay-image/storage/schema/0001_create_events.sql"};
    std::stringstream schema;
    schema << file.rdbuf();
    ASSERT_TRUE(connection.RunScript(schema.str()));
    const auto id = std::string(64, '1');
    const auto author = std::string(64, '2');
    const auto deleted = std::string(64, '3');
    ASSERT_TRUE(connection.RunScript(
        "CREATE TABLE schema_migrations (version text PRIMARY KEY);"
        "INSERT INTO schema_migrations VALUES ('0001_create_events');"
        "INSERT INTO events (created_at, kind, id, pubkey, sig, body) VALUES (1000, 5, '\\x" +
        id + "', '\\x" + author + "', '\\x" + std::string(128, '4') + "', '\"tags\":[[\"e\",\"" +
        deleted +
        "\"]],\"content\":\"\"');"
        "INSERT INTO event_tags SELECT event_no, created_at, kind, '\\x65' || sha256('" +
        deleted + "') FROM events"));
    PostgresEventStore store{Secret{url}};
    ASSERT_TRUE(store.Migrate());
    Filter filter;
    filter.tags.push_back({.name = 'e', .values = {deleted}});
    const auto found = store.Find(filter, 10, kNow).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(ToHex(found[0].id), id);
    EXPECT_EQ(store
                  .Store(std::vector{Admitted({.id = deleted,
                                               .pubkey = author,
                                               .created_at = 999,
                                               .kind = 1,
                                               .tags = {},
                                               .content = "",
                                               .sig = std::string(128, '4')})})
                  .value(),
              Verdicts{kDeleted});
}

/// All events of a world, and what the filters' own definition says of them.
class PostgresPathsTest : public PostgresStoreTest {
protected:
    void SetUp() override
    {
        PostgresStoreTest::SetUp();
        seed_ = std::random_device{}();
        RecordProperty("seed", std::to_string(seed_));
        random_ = RandomEvents{seed_};
        for (int i = 0; i < 400; ++i) {
            const auto event = random_.Event();
            if (store_.Store(std::vector{event}).value()[0] == kStored)
                all_[event->event.id] = event;
        }
        std::set<std::string> kept;  // The rest was deleted or replaced by what came later.
        for (const auto& event : store_.Find({}, kAll, 0).value()) kept.insert(ToHex(event.id));
        std::erase_if(all_, [&](const auto& one) { return !kept.contains(one.first); });
    }
    static bool Expired(const AdmittedEvent& event)
    {
        return event.expires_at && *event.expires_at <= kNow;
    }
    std::vector<EventKey> Expected(const Filter& filter, bool expired_too)
    {
        std::vector<EventKey> keys;
        for (const auto& [id, event] : all_) {
            if (filter.Matches(event->event) && (expired_too || !Expired(*event))) {
                keys.push_back({event->event.created_at, *FromHex(id)});
            }
        }
        std::ranges::sort(keys);
        return keys;
    }

    std::uint64_t seed_ = 0;
    RandomEvents random_{0};
    std::map<std::string, EventPtr> all_;
};

TEST_F(PostgresPathsTest, AnswersEveryFilterAsItsDefinitionSays)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    for (int i = 0; i < 300; ++i) {
        const auto filter = random_.AFilter();
        const auto expected = Expected(filter, false);
        ASSERT_EQ(store_.Keys(filter, kAll, kNow).value(), expected);
        ASSERT_EQ(store_.Count(filter, kAll, kNow).value(), std::ssize(expected));
        ASSERT_EQ(store_.Authors(filter, kAll, kNow).value().size(), expected.size());
        auto newest = expected;
        std::ranges::sort(newest, [](const auto& a, const auto& b) {
            return a.created_at != b.created_at ? a.created_at > b.created_at : a.id < b.id;
        });
        const auto limit = 1 + random_.Below(20);
        newest.resize(std::min(newest.size(), limit));
        std::vector<EventKey> found;
        for (const auto& event :
             store_.Find(filter, static_cast<std::int64_t>(limit), kNow).value()) {
            found.push_back({event.created_at, event.id});
            ASSERT_EQ(event.json, all_.at(ToHex(event.id))->json);
            ASSERT_EQ(event.kind, all_.at(ToHex(event.id))->event.kind);
        }
        ASSERT_EQ(found, newest);
    }
}

TEST_F(PostgresPathsTest, PagesThroughAllThatMatchesOldestFirst)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    for (int i = 0; i < 40; ++i) {
        const auto filter = random_.AFilter();
        std::vector<EventKey> found;
        EventKey after{-1, std::string(32, '\0')};
        while (true) {
            const auto page = store_.Page(filter, after, 7).value();
            for (const auto& event : page) found.push_back({event.created_at, event.id});
            if (page.empty()) break;
            after = found.back();
        }
        ASSERT_EQ(found, Expected(filter, true));
    }
}

TEST_F(PostgresPathsTest, RemovesWhatMatchesAndNothingElse)
{
    SCOPED_TRACE("seed " + std::to_string(seed_));
    for (int i = 0; i < 40; ++i) {
        const auto filter = random_.AFilter();
        const auto doomed = Expected(filter, true);
        EXPECT_EQ(store_.Remove(filter, kAll).value(), std::ssize(doomed));
        std::erase_if(all_, [&](const auto& one) { return filter.Matches(one.second->event); });
        ASSERT_EQ(store_.Keys({}, kAll, kNow).value(), Expected({}, false));
    }
}

}  // namespace
}  // namespace test
}  // namespace berth::relay
