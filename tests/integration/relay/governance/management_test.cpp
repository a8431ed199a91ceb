#include "tests/integration/relay/governance/manager.hpp"

namespace berth::relay::test {
namespace {

namespace json = boost::json;

class ManagementTest : public RelayTest {
protected:
    json::value Listed(const char* method) { return owner_.Result(method); }

    const nostr::SecretKey owner_key_ = nostr::SecretKey::Generate();
    RelayProcess relay_{NewDatabase(),
                        {{"PUBKEY", owner_key_.pubkey()}, {"URL", "ws://127.0.0.1"}}};
    RelayClient client_{relay_.port()};
    Manager owner_{relay_, owner_key_};
};

TEST_F(ManagementTest, BansAKeyWithItsEventsByChoiceAndLetsItBack)
{
    const auto kept = Sign(alice_, {.content = "stays"});
    const auto gone = Sign(bob_, {.content = "goes"});
    ASSERT_EQ(client_.Publish(kept), "true");
    ASSERT_EQ(client_.Publish(gone), "true");
    EXPECT_EQ(owner_.Result("banpubkey", {alice_.pubkey(), "spam"}), true);
    EXPECT_EQ(owner_.Result("banpubkey", {bob_.pubkey(), "spam", true}), true);
    EXPECT_EQ(client_.Query("{}"), std::vector{kept.id});
    EXPECT_TRUE(client_.Publish(Sign(alice_)).starts_with("false:blocked:"));
    EXPECT_EQ(Listed("listbannedpubkeys").as_array().size(), 2U);
    EXPECT_EQ(Listed("listbannedpubkeys").at(0).at("reason"), "spam");
    EXPECT_EQ(owner_.Result("unbanpubkey", {alice_.pubkey()}), true);
    EXPECT_EQ(owner_.Result("unbanpubkey", {bob_.pubkey()}), true);
    EXPECT_EQ(client_.Publish(gone), "true");
    EXPECT_EQ(Listed("listbannedpubkeys"), json::array{});
}

TEST_F(ManagementTest, RemovesABannedEventAndRefusesItWhenItComesAgain)
{
    const auto event = Sign(alice_);
    ASSERT_EQ(client_.Publish(event), "true");
    EXPECT_EQ(owner_.Result("banevent", {event.id, "not here"}), true);
    EXPECT_TRUE(client_.Query("{}").empty());
    EXPECT_TRUE(client_.Publish(event).starts_with("false:blocked:"));
    EXPECT_EQ(Listed("listbannedevents"),
              (json::array{{{"id", event.id}, {"reason", "not here"}}}));
    EXPECT_EQ(owner_.Result("unbanevent", {event.id}), true);
    EXPECT_EQ(client_.Publish(event), "true");
}

TEST_F(ManagementTest, RemembersEverythingAfterKill)
{
    const auto event = Sign(alice_);
    ASSERT_EQ(client_.Publish(event), "true");
    owner_.Result("banevent", {event.id, ""});
    owner_.Result("banpubkey", {bob_.pubkey(), "spam"});
    owner_.Result("disallowkind", {7});
    owner_.Result("createrole", {"mods", "Moderators", "They help", "120", 1});
    owner_.Result("changerelayname", {"Harbour"});
    relay_.Kill();
    relay_.Start();
    RelayClient again{relay_.port()};
    EXPECT_TRUE(again.Publish(event).starts_with("false:blocked:"));
    EXPECT_TRUE(again.Publish(Sign(bob_)).starts_with("false:blocked:"));
    EXPECT_TRUE(again.Publish(Sign(alice_, {.kind = 7})).starts_with("false:blocked:"));
    EXPECT_EQ(Listed("listroles").at(0).at("label"), "Moderators");
    const auto document =
        json::parse(Fetch(relay_.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(document.at("name"), "Harbour");
}

TEST_F(ManagementTest, ListsReportsUntilAModeratorDecides)
{
    const auto bad = Sign(bob_, {.content = "bad"});
    const auto fine = Sign(bob_, {.content = "fine"});
    ASSERT_EQ(client_.Publish(bad), "true");
    ASSERT_EQ(client_.Publish(fine), "true");
    for (const auto* event : {&bad, &fine}) {
        const auto report =
            Sign(alice_, {.kind = 1984,
                          .content = "look",
                          .tags = {{"e", event->id, "spam"}, {"p", bob_.pubkey()}}});
        ASSERT_EQ(client_.Publish(report), "true");
    }
    EXPECT_EQ(Listed("listeventsneedingmoderation").as_array().size(), 2U);
    EXPECT_EQ(Listed("listeventsneedingmoderation").at(0).at("reason"), "spam: look");
    owner_.Result("banevent", {bad.id, "spam"});
    owner_.Result("allowevent", {fine.id, "harmless"});
    EXPECT_EQ(Listed("listeventsneedingmoderation"), json::array{});
    EXPECT_EQ(client_.Query("{\"kinds\":[1]}"), std::vector{fine.id});
    EXPECT_EQ(Listed("listallowedevents").at(0).at("id"), fine.id.c_str());
    owner_.Result("unallowevent", {fine.id});
    EXPECT_EQ(Listed("listeventsneedingmoderation").at(0).at("id"), fine.id.c_str());
}

TEST_F(ManagementTest, ChangesKindsWhileTheRelayRuns)
{
    owner_.Result("disallowkind", {7});
    EXPECT_EQ(Listed("listdisallowedkinds"), json::array{7});
    EXPECT_TRUE(client_.Publish(Sign(alice_, {.kind = 7})).starts_with("false:blocked:"));
    owner_.Result("allowkind", {7});
    EXPECT_EQ(Listed("listallowedkinds"), json::array{7});
    EXPECT_EQ(Listed("listdisallowedkinds"), json::array{});
    EXPECT_EQ(client_.Publish(Sign(alice_, {.kind = 7})), "true");
    EXPECT_TRUE(client_.Publish(Sign(alice_, {.kind = 1})).starts_with("false:blocked:"));
    owner_.Result("clearkind", {7});
    EXPECT_EQ(client_.Publish(Sign(alice_, {.kind = 1})), "true");
}

TEST_F(ManagementTest, EndsAndRefusesConnectionsOfABlockedAddress)
{
    owner_.Result("blockip", {"127.0.0.0/8", "test"});
    EXPECT_EQ(Listed("listblockedips"), (json::array{{{"ip", "127.0.0.0/8"}, {"reason", "test"}}}));
    EXPECT_EQ(client_.ReceiveClose(), 1008U);
    EXPECT_ANY_THROW(RelayClient{relay_.port()});
    owner_.Result("unblockip", {"127.0.0.0/8"});
    EXPECT_EQ(RelayClient{relay_.port()}.Publish(Sign(alice_)), "true");
}

TEST_F(ManagementTest, EndsTheConnectionOfAKeyThatIsBanned)
{
    ASSERT_EQ(client_.Authenticate(bob_, "ws://127.0.0.1"), "true");
    owner_.Result("banpubkey", {bob_.pubkey()});
    EXPECT_EQ(client_.ReceiveClose(), 1008U);
    RelayClient again{relay_.port()};
    EXPECT_TRUE(again.Authenticate(bob_, "ws://127.0.0.1").starts_with("false:restricted:"));
}

TEST_F(ManagementTest, ShowsNewNameDescriptionAndPicture)
{
    owner_.Result("changerelayname", {"Harbour"});
    owner_.Result("changerelaydescription", {"Quiet water"});
    owner_.Result("changerelayicon", {"https://example.org/icon.png"});
    const auto document =
        json::parse(Fetch(relay_.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(document.at("name"), "Harbour");
    EXPECT_EQ(document.at("description"), "Quiet water");
    EXPECT_EQ(document.at("icon"), "https://example.org/icon.png");
    EXPECT_EQ(owner_.Call("changerelayicon", {"javascript:alert(1)"}).reason(), "BAD_SETTING");
}

TEST_F(ManagementTest, KeepsAListOfWhoDidWhat)
{
    owner_.Result("disallowkind", {7});
    owner_.Result("banpubkey", {bob_.pubkey(), "spam"});
    const auto audit = Listed("listaudit");
    ASSERT_EQ(audit.as_array().size(), 2U);
    EXPECT_EQ(audit.at(0).at("by"), owner_key_.pubkey().c_str());
    EXPECT_EQ(audit.at(0).at("via"), "nip86");
}

TEST_F(ManagementTest, ReachesAnotherReplicaOfTheRelay)
{
    RelayProcess other{Postgres().CreateDatabase("replicas"), {{"PUBKEY", owner_key_.pubkey()}}};
    RelayProcess twin{other.database_url(), {{"PUBKEY", owner_key_.pubkey()}}};
    Manager{other, owner_key_}.Result("banpubkey", {bob_.pubkey()});
    // A question to the other one makes it look first.
    EXPECT_EQ(Manager(twin, owner_key_).Result("listbannedpubkeys").as_array().size(), 1U);
    EXPECT_TRUE(RelayClient{twin.port()}.Publish(Sign(bob_)).starts_with("false:blocked:"));
}

}  // namespace
}  // namespace berth::relay::test
