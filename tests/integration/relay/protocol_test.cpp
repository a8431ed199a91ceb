#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using Ids = std::vector<std::string>;

class ProtocolTest : public RelayTest {
protected:
    RelayProcess relay_{NewDatabase()};
    RelayClient client_{relay_.port()};
};

TEST_F(ProtocolTest, StoresAnEventAndFindsItById)
{
    const auto event =
        Sign(alice_, {.content = "line\nquote\" \xF0\x9F\x8C\x8A", .tags = {{"t", "x"}}});
    EXPECT_EQ(client_.Publish(event), "true");
    client_.Send("[\"REQ\",\"s\",{\"ids\":[\"" + event.id + "\"]}]");
    const auto answer = client_.Receive();
    EXPECT_EQ(answer.at(0), "EVENT");
    EXPECT_EQ(answer.at(1), "s");
    EXPECT_EQ(*nostr::ParseEvent(answer.at(2)), event);
    EXPECT_EQ(client_.Receive().at(0), "EOSE");
}

TEST_F(ProtocolTest, AnswersTheSameEventAgainAsDuplicate)
{
    const auto event = Sign(alice_);
    EXPECT_EQ(client_.Publish(event), "true");
    client_.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
    const auto ok = client_.ReceiveOnly("OK");
    EXPECT_EQ(ok.at(2), true);
    EXPECT_TRUE(ok.at(3).as_string().starts_with("duplicate:"));
}

TEST_F(ProtocolTest, FindsByEveryFilterAndNewestFirst)
{
    const auto now = Now();
    const auto a = Sign(
        alice_,
        {.kind = 1, .tags = {{"t", "sea"}, {"e", std::string(64, 'a')}}, .created_at = now - 30});
    const auto b = Sign(
        alice_, {.kind = 7, .tags = {{"t", "sea"}, {"p", bob_.pubkey()}}, .created_at = now - 20});
    const auto c = Sign(bob_, {.kind = 1, .tags = {{"t", "land"}}, .created_at = now - 10});
    for (const auto& event : {a, b, c}) ASSERT_EQ(client_.Publish(event), "true");

    EXPECT_EQ(client_.Query("{}"), (Ids{c.id, b.id, a.id}));
    EXPECT_EQ(client_.Query("{\"limit\":2}"), (Ids{c.id, b.id}));
    EXPECT_EQ(client_.Query("{\"limit\":0}"), Ids{});
    EXPECT_EQ(client_.Query("{\"kinds\":[1]}"), (Ids{c.id, a.id}));
    EXPECT_EQ(client_.Query("{\"kinds\":[1,7],\"limit\":2}"), (Ids{c.id, b.id}));
    EXPECT_EQ(client_.Query("{\"authors\":[\"" + alice_.pubkey() + "\"]}"), (Ids{b.id, a.id}));
    EXPECT_EQ(client_.Query("{\"authors\":[\"" + alice_.pubkey() + "\"],\"kinds\":[7]}"),
              Ids{b.id});
    EXPECT_EQ(client_.Query("{\"#t\":[\"sea\"]}"), (Ids{b.id, a.id}));
    EXPECT_EQ(client_.Query("{\"#t\":[\"sea\",\"land\"],\"limit\":2}"), (Ids{c.id, b.id}));
    EXPECT_EQ(client_.Query("{\"#t\":[\"sea\"],\"#p\":[\"" + bob_.pubkey() + "\"]}"), Ids{b.id});
    EXPECT_EQ(client_.Query("{\"#t\":[\"sea\"],\"authors\":[\"" + bob_.pubkey() + "\"]}"), Ids{});
    EXPECT_EQ(client_.Query("{\"#e\":[\"" + std::string(64, 'a') + "\"],\"kinds\":[1]}"),
              Ids{a.id});
    EXPECT_EQ(client_.Query("{\"ids\":[\"" + a.id + "\"],\"kinds\":[7]}"), Ids{});
    EXPECT_EQ(client_.Query("{\"since\":" + std::to_string(now - 20) + "}"), (Ids{c.id, b.id}));
    EXPECT_EQ(client_.Query("{\"until\":" + std::to_string(now - 20) + "}"), (Ids{b.id, a.id}));
    EXPECT_EQ(client_.Query("{\"ids\":[]}"), Ids{});
    EXPECT_EQ(client_.Query("{\"kinds\":[7]},{\"#t\":[\"sea\"]}"), (Ids{b.id, a.id}));
}

TEST_F(ProtocolTest, PutsTheLowerIdFirstWithinOneSecond)
{
    Ids ids;
    const auto now = Now();
    for (int i = 0; i < 5; ++i) {
        const auto event = Sign(alice_, {.content = std::to_string(i), .created_at = now});
        ASSERT_EQ(client_.Publish(event), "true");
        ids.push_back(event.id);
    }
    std::ranges::sort(ids);
    EXPECT_EQ(client_.Query("{\"limit\":3}"), Ids(ids.begin(), ids.begin() + 3));
}

TEST_F(ProtocolTest, SendsNewEventsToOpenSubscriptionsUntilTheyClose)
{
    RelayClient reader{relay_.port()};
    reader.Send("[\"REQ\",\"live\",{\"kinds\":[1]},{\"kinds\":[20001]}]");
    EXPECT_EQ(reader.Receive().at(0), "EOSE");
    const auto event = Sign(alice_);
    ASSERT_EQ(client_.Publish(event), "true");
    const auto message = reader.Receive();
    EXPECT_EQ(message.at(1), "live");
    EXPECT_EQ(*nostr::ParseEvent(message.at(2)), event);

    const auto ephemeral = Sign(alice_, {.kind = 20001});
    ASSERT_EQ(client_.Publish(ephemeral), "true");
    EXPECT_EQ(reader.Receive().at(2).as_object().at("id").as_string(), ephemeral.id);
    EXPECT_EQ(client_.Query("{\"kinds\":[20001]}"), Ids{});

    reader.Send("[\"CLOSE\",\"live\"]");
    reader.Send("[\"REQ\",\"other\",{\"kinds\":[2],\"limit\":0}]");
    EXPECT_EQ(reader.Receive().at(0), "EOSE");
    ASSERT_EQ(client_.Publish(Sign(alice_, {.content = "unheard"})), "true");
    const auto heard = Sign(alice_, {.kind = 2});
    ASSERT_EQ(client_.Publish(heard), "true");
    EXPECT_EQ(reader.Receive().at(2).as_object().at("id").as_string(), heard.id);
}

TEST_F(ProtocolTest, KeepsTheNewestOfReplaceableAndAddressableEvents)
{
    const auto now = Now();
    const auto older = Sign(alice_, {.kind = 0, .content = "old", .created_at = now - 5});
    const auto newer = Sign(alice_, {.kind = 0, .content = "new", .created_at = now});
    const auto others = Sign(bob_, {.kind = 0, .content = "bob", .created_at = now - 9});
    for (const auto& event : {older, newer, others}) ASSERT_EQ(client_.Publish(event), "true");
    EXPECT_EQ(client_.Query("{\"kinds\":[0]}"), (Ids{newer.id, others.id}));
    EXPECT_TRUE(client_.Publish(older).starts_with("false:duplicate:"));
    EXPECT_EQ(client_.Query("{\"kinds\":[0]}"), (Ids{newer.id, others.id}));

    const auto x1 = Sign(alice_, {.kind = 30000, .tags = {{"d", "x"}}, .created_at = now - 5});
    const auto x2 = Sign(alice_, {.kind = 30000, .tags = {{"d", "x"}}, .created_at = now - 4});
    const auto y = Sign(alice_, {.kind = 30000, .tags = {{"d", "y"}}, .created_at = now - 6});
    for (const auto& event : {x1, x2, y}) ASSERT_EQ(client_.Publish(event), "true");
    EXPECT_EQ(client_.Query("{\"kinds\":[30000]}"), (Ids{x2.id, y.id}));
    EXPECT_EQ(client_.Query("{\"#d\":[\"x\"]}"), Ids{x2.id});
}

TEST_F(ProtocolTest, DeletesOnlyTheAuthorsOwnEventsAndKeepsThemAway)
{
    const auto own = Sign(alice_, {.content = "own"});
    const auto foreign = Sign(bob_, {.content = "foreign"});
    const auto list = Sign(alice_, {.kind = 30000, .tags = {{"d", "x"}}, .created_at = Now() - 5});
    for (const auto& event : {own, foreign, list}) ASSERT_EQ(client_.Publish(event), "true");
    const auto deletion = Sign(
        alice_,
        {.kind = 5,
         .tags = {{"e", own.id}, {"e", foreign.id}, {"a", "30000:" + alice_.pubkey() + ":x"}}});
    ASSERT_EQ(client_.Publish(deletion), "true");
    EXPECT_EQ(client_.Query("{\"kinds\":[1,30000]}"), Ids{foreign.id});
    EXPECT_EQ(client_.Query("{\"kinds\":[5]}"), Ids{deletion.id});
    EXPECT_TRUE(client_.Publish(own).starts_with("false:blocked:"));
    EXPECT_TRUE(client_.Publish(list).starts_with("false:blocked:"));
    const auto later = Sign(alice_, {.kind = 30000, .tags = {{"d", "x"}}, .created_at = Now() + 5});
    EXPECT_EQ(client_.Publish(later), "true");
}

TEST_F(ProtocolTest, RefusesToDeleteWhatOthersWrote)
{
    const auto foreign = Sign(bob_, {.content = "foreign"});
    const auto own = Sign(alice_, {.content = "own"});
    for (const auto& event : {foreign, own}) ASSERT_EQ(client_.Publish(event), "true");
    const auto outcome = [&](std::vector<nostr::Tag> tags) {
        return client_.Publish(Sign(alice_, {.kind = 5, .tags = std::move(tags)}));
    };
    const nostr::Tag address{"a", "30000:" + bob_.pubkey() + ":x"};
    EXPECT_TRUE(outcome({{"e", foreign.id}}).starts_with("false:blocked:"));
    EXPECT_TRUE(outcome({address}).starts_with("false:blocked:"));
    EXPECT_TRUE(outcome({address, {"e", foreign.id}}).starts_with("false:blocked:"));
    EXPECT_EQ(outcome({{"e", std::string(64, 'f')}}), "true") << "it may come later";
    EXPECT_EQ(outcome({address, {"e", foreign.id}, {"e", own.id}}), "true");
    EXPECT_EQ(client_.Query("{\"kinds\":[1]}"), Ids{foreign.id});
}

TEST_F(ProtocolTest, ForgetsExpiredEvents)
{
    const auto expired = Sign(alice_, {.tags = {{"expiration", std::to_string(Now() - 1)}}});
    EXPECT_TRUE(client_.Publish(expired).starts_with("false:invalid:"));
    const auto ends = Now() + 2;
    const auto brief = Sign(alice_, {.tags = {{"expiration", std::to_string(ends)}}});
    ASSERT_EQ(client_.Publish(brief), "true");
    EXPECT_EQ(client_.Query("{\"kinds\":[1]}"), Ids{brief.id});
    while (Now() < ends) client_.Query("{\"limit\":0}");
    EXPECT_EQ(client_.Query("{\"kinds\":[1]}"), Ids{});
}

TEST_F(ProtocolTest, RefusesWhatIsNotSigned)
{
    auto event = Sign(alice_);
    event.content = "changed";
    EXPECT_TRUE(client_.Publish(event).starts_with("false:invalid:"));
    auto foreign = Sign(alice_);
    foreign.sig = Sign(bob_).sig;
    EXPECT_TRUE(client_.Publish(foreign).starts_with("false:invalid:"));
    EXPECT_EQ(client_.Query("{}"), Ids{});
}

TEST_F(ProtocolTest, AnswersEveryBrokenMessage)
{
    for (const auto* text : {"", "{", "[]", "[1]", "[\"WHAT\"]", "[\"EVENT\"]", "[\"EVENT\",{}]",
                             "[\"REQ\"]", "[\"REQ\",\"\",{}]", "[\"CLOSE\"]"}) {
        client_.Send(text);
        EXPECT_EQ(client_.Receive().at(0), "NOTICE") << text;
    }
    for (const auto* text :
         {"[\"REQ\",\"s\"]", "[\"REQ\",\"s\",{\"kinds\":[\"1\"]}]",
          "[\"REQ\",\"s\",{\"ids\":[\"ab\"]}]", "[\"REQ\",\"s\",{\"since\":-1}]"}) {
        client_.Send(text);
        const auto closed = client_.Receive();
        EXPECT_EQ(closed.at(0), "CLOSED") << text;
        EXPECT_TRUE(closed.at(2).as_string().starts_with("invalid:")) << text;
    }
    client_.Send("[\"REQ\",\"s\",{\"unheard\":\"x\"}]");
    EXPECT_TRUE(client_.Receive().at(2).as_string().starts_with("unsupported:"));
}

}  // namespace
}  // namespace berth::relay::test
