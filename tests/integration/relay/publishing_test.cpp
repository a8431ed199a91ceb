#include <boost/json/parse.hpp>

#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

constexpr auto kRelayUrl = "wss://relay.example";
using Ids = std::vector<std::string>;

class PublishingTest : public RelayTest {};

TEST_F(PublishingTest, AsksForTheWorkThatItsInformationStates)
{
    RelayProcess relay{NewDatabase(), {{"MIN_POW_DIFFICULTY", "4"}}};
    const auto information =
        boost::json::parse(Fetch(relay.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(information.at("limitation").at("min_pow_difficulty"), 4);
    RelayClient client{relay.port()};
    EXPECT_TRUE(client.Publish(Sign(alice_)).starts_with("false:pow: "));
    auto mined = Sign(alice_, {.tags = {{"nonce", "0", "4"}}});
    for (int nonce = 1; !mined.id.starts_with('0'); ++nonce) {
        mined = Sign(alice_, {.tags = {{"nonce", std::to_string(nonce), "4"}}});
    }
    EXPECT_EQ(client.Publish(mined), "true");
}

TEST_F(PublishingTest, LetsAKeyVanishWithAllThatIsItsOwnOrWrappedForIt)
{
    RelayProcess relay{NewDatabase(), {{"URL", kRelayUrl}}};
    RelayClient client{relay.port()};
    const auto now = Now();
    const auto note = Sign(alice_, {.created_at = now - 50});
    const auto deletion =
        Sign(alice_, {.kind = 5, .tags = {{"e", note.id}}, .created_at = now - 40});
    const auto profile = Sign(alice_, {.kind = 0, .created_at = now - 30});
    const auto wrap =
        Sign(nostr::SecretKey::Generate(),
             {.kind = 1059, .tags = {{"p", alice_.pubkey()}}, .created_at = now - 20});
    const auto others = Sign(bob_, {.tags = {{"p", alice_.pubkey()}}, .created_at = now - 20});
    const auto later = Sign(alice_, {.content = "later", .created_at = now - 5});
    for (const auto& event : {note, deletion, profile, wrap, others, later}) {
        ASSERT_EQ(client.Publish(event), "true");
    }
    const auto elsewhere =
        Sign(alice_, {.kind = 62, .tags = {{"relay", "wss://x.example"}}, .created_at = now - 10});
    EXPECT_TRUE(client.Publish(elsewhere).starts_with("false:blocked: "));
    EXPECT_EQ(client.Query("{}").size(), 4U);

    const auto vanish =
        Sign(alice_, {.kind = 62, .tags = {{"relay", kRelayUrl}}, .created_at = now - 10});
    ASSERT_EQ(client.Publish(vanish), "true");
    EXPECT_EQ(client.Query(R"({"kinds":[0,1,5]})"), (Ids{later.id, others.id}));
    for (const auto& event : {note, deletion, profile}) {
        EXPECT_TRUE(client.Publish(event).starts_with("false:blocked: ")) << event.kind;
    }
    ASSERT_EQ(client.Authenticate(alice_, kRelayUrl), "true");
    EXPECT_TRUE(client.Query(R"({"kinds":[1059]})").empty());
    EXPECT_EQ(client.Publish(Sign(alice_, {.content = "a new start"})), "true");
}

TEST_F(PublishingTest, LetsOnesVanishWhoMayNotWrite)
{
    RelayProcess relay{
        NewDatabase(),
        {{"URL", kRelayUrl}, {"RESTRICTED_WRITES", "true"}, {"MIN_POW_DIFFICULTY", "30"}}};
    RelayClient client{relay.port()};
    EXPECT_TRUE(client.Publish(Sign(alice_)).starts_with("false:restricted: "));
    EXPECT_EQ(client.Publish(Sign(alice_, {.kind = 62, .tags = {{"relay", "ALL_RELAYS"}}})),
              "true");
}

TEST_F(PublishingTest, RefusesRepostsThatCarryAProtectedEvent)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto held_back = Sign(alice_, {.tags = {{"-"}}});
    const auto repost = Sign(bob_, {.kind = 6, .content = nostr::ToJson(held_back)});
    EXPECT_TRUE(client.Publish(repost).starts_with("false:blocked: "));
}

TEST_F(PublishingTest, SaysThatNobodyListenedForAnEphemeralEvent)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto text = [&](RelayClient& publisher) {
        publisher.Send("[\"EVENT\"," + nostr::ToJson(Sign(alice_, {.kind = 20001})) + "]");
        const auto ok = publisher.ReceiveOnly("OK");
        EXPECT_EQ(ok.at(2), true);
        return std::string{ok.at(3).as_string()};
    };
    EXPECT_TRUE(text(client).starts_with("mute: "));
    RelayClient listener{relay.port()};
    listener.Send(R"(["REQ","s",{"kinds":[20001]}])");
    listener.ReceiveOnly("EOSE");
    EXPECT_EQ(text(client), "");
}

TEST_F(PublishingTest, IgnoresFieldsOfAnEventThatItDoesNotKnow)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    const auto event = Sign(alice_, {.content = std::string{"nul \0 in it", 11}});
    auto json = nostr::ToJson(event);
    json.insert(1, R"("seen_on":["wss://x.example"],)");
    client.Send("[\"EVENT\"," + json + "]");
    EXPECT_EQ(client.ReceiveOnly("OK").at(2), true);
    client.Send(R"(["REQ","s",{}])");
    const auto stored = client.ReceiveOnly("EVENT").at(2).as_object();
    EXPECT_FALSE(stored.contains("seen_on"));
    EXPECT_EQ(*nostr::ParseEvent(stored, nostr::EventSyntax::kNip01), event);
}

}  // namespace
}  // namespace berth::relay::test
