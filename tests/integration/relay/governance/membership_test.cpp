#include "core/base/encoding.hpp"
#include "tests/integration/relay/governance/manager.hpp"

namespace berth::relay::test {
namespace {

namespace json = boost::json;

constexpr auto kUrl = "ws://127.0.0.1";

/// A relay for members with a key of its own.
class MembershipTest : public RelayTest {
protected:
    std::string Ask(RelayClient& client, const nostr::SecretKey& key, int kind,
                    std::vector<nostr::Tag> tags = {}, std::int64_t created_at = Now())
    {
        tags.insert(tags.begin(), nostr::Tag{"-"});
        const auto event = Sign(
            key, {.kind = kind, .content = "", .tags = std::move(tags), .created_at = created_at});
        client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
        const auto ok = client.ReceiveOnly("OK");
        return std::string{ok.at(2).as_bool() ? "true:" : "false:"} + ok.at(3).as_string().c_str();
    }
    /// The stored events of the relay's own key of a kind, the newest first.
    std::vector<json::object> OfTheRelay(int kind)
    {
        RelayClient reader{relay_.port()};
        // Written after whatever the relay had queued by now.
        EXPECT_EQ(reader.Publish(Sign(owner_key_, {.kind = 10001})), "true");
        reader.Send("[\"REQ\",\"s\",{\"kinds\":[" + std::to_string(kind) + "],\"authors\":[\"" +
                    self_.pubkey() + "\"]}]");
        std::vector<json::object> events;
        while (true) {
            const auto message = reader.Receive();
            if (message.at(0) == "EOSE") return events;
            if (message.at(0) == "EVENT") events.push_back(message.at(2).as_object());
        }
    }

    const nostr::SecretKey owner_key_ = nostr::SecretKey::Generate();
    const nostr::SecretKey self_ = nostr::SecretKey::Generate();
    RelayProcess relay_{NewDatabase(),
                        {{"PUBKEY", owner_key_.pubkey()},
                         {"SELF_KEY", ToHex(self_.bytes().Expose())},
                         {"RESTRICTED_WRITES", "true"},
                         {"ANNOUNCE", "true"},
                         {"URL", kUrl}}};
    Manager owner_{relay_, owner_key_};
    RelayClient client_{relay_.port()};
};

TEST_F(MembershipTest, SaysWhichKeyIsItsOwn)
{
    const auto document =
        json::parse(Fetch(relay_.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(document.at("self"), self_.pubkey().c_str());
    const auto& nips = document.at("supported_nips").as_array();
    EXPECT_NE(std::find(nips.begin(), nips.end(), json::value(43)), nips.end());
}

TEST_F(MembershipTest, AnnouncesItselfByItsOwnKey)
{
    const auto announcements = OfTheRelay(30166);
    ASSERT_EQ(announcements.size(), 1U);
    EXPECT_EQ(announcements[0].at("tags").at(0), (json::array{"d", "ws://127.0.0.1/"}));
}

TEST_F(MembershipTest, LetsInWhoHasACodeAndTellsOfIt)
{
    owner_.Result("createrole", {"guest", "Guests", "They visit", "120", 2});
    owner_.Result("createclaim", {"come-in-please", "guest"});
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    EXPECT_TRUE(client_.Publish(Sign(bob_)).starts_with("false:restricted:"));
    EXPECT_EQ(Ask(client_, bob_, 28934, {{"claim", "come-in-pleese"}}),
              "false:restricted: that is an invalid invite code");
    EXPECT_EQ(Ask(client_, bob_, 28934), "false:restricted: that is an invalid invite code");
    EXPECT_EQ(Ask(client_, bob_, 28934, {{"claim", "come-in-please"}}),
              "true:info: welcome to this relay");
    EXPECT_EQ(Ask(client_, bob_, 28934, {{"claim", "come-in-please"}}),
              "true:duplicate: you are already a member of this relay");
    EXPECT_EQ(client_.Publish(Sign(bob_)), "true");
    EXPECT_EQ(owner_.Result("listallowedpubkeys").at(0).at("roles"), json::array{"guest"});

    const auto lists = OfTheRelay(13534);
    ASSERT_EQ(lists.size(), 1U);
    EXPECT_EQ(lists[0].at("tags"),
              (json::array{json::array{"-"}, json::array{"member", bob_.pubkey(), "guest"}}));
    const auto added = OfTheRelay(8000);
    ASSERT_EQ(added.size(), 1U);
    EXPECT_EQ(added[0].at("tags"),
              (json::array{json::array{"-"}, json::array{"p", bob_.pubkey()}}));
    const auto roles = OfTheRelay(33534);
    ASSERT_EQ(roles.size(), 1U);
    EXPECT_EQ(roles[0].at("tags").at(1), (json::array{"d", "guest"}));
    const auto event = nostr::ParseEvent(json::serialize(lists[0]));
    ASSERT_TRUE(event);
    EXPECT_TRUE(nostr::VerifyEvent(*event));
}

TEST_F(MembershipTest, LetsGoWhoLeavesAndTellsOfIt)
{
    owner_.Result("allowpubkey", {bob_.pubkey()});
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    EXPECT_EQ(Ask(client_, bob_, 28936), "true:info: you are a member no longer");
    EXPECT_EQ(Ask(client_, bob_, 28936), "false:restricted: you are no member of this relay");
    EXPECT_TRUE(client_.Publish(Sign(bob_)).starts_with("false:restricted:"));
    EXPECT_EQ(OfTheRelay(8001).size(), 1U);
    const auto lists = OfTheRelay(13534);
    ASSERT_EQ(lists.size(), 1U);
    EXPECT_EQ(lists[0].at("tags"), (json::array{json::array{"-"}}));
}

TEST_F(MembershipTest, TakesACodeAsOftenAsItSays)
{
    owner_.Result("createclaim", {"only-once-please"});
    ASSERT_EQ(client_.Authenticate(alice_, kUrl), "true");
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    EXPECT_TRUE(Ask(client_, alice_, 28934, {{"claim", "only-once-please"}}).starts_with("true:"));
    EXPECT_EQ(Ask(client_, bob_, 28934, {{"claim", "only-once-please"}}),
              "false:restricted: that invite code was used already");
}

TEST_F(MembershipTest, RefusesOldRequestsAndThoseOfABannedKey)
{
    owner_.Result("createclaim", {"come-in-please"});
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    EXPECT_EQ(Ask(client_, bob_, 28934, {{"claim", "come-in-please"}}, Now() - 301),
              "false:invalid: created_at is not now");
    owner_.Result("banpubkey", {alice_.pubkey()});
    RelayClient other{relay_.port()};
    EXPECT_TRUE(Ask(other, alice_, 28934, {{"claim", "come-in-please"}}).starts_with("false:"));
}

TEST_F(MembershipTest, HandsAnInviteToWhoMayInviteAndToNobodyElse)
{
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    EXPECT_TRUE(client_.Query("{\"kinds\":[28935]}").empty());
    RelayClient of_owner{relay_.port()};
    ASSERT_EQ(of_owner.Authenticate(owner_key_, kUrl), "true");
    of_owner.Send("[\"REQ\",\"invite\",{\"kinds\":[28935]}]");
    const auto message = of_owner.ReceiveOnly("EVENT");
    EXPECT_EQ(message.at(2).at("pubkey"), self_.pubkey().c_str());
    EXPECT_EQ(of_owner.Receive().at(0), "EOSE") << "the invite comes before";
    const auto& claim = message.at(2).at("tags").at(1);
    EXPECT_EQ(claim.at(0), "claim");
    EXPECT_TRUE(Ask(client_, bob_, 28934, {{"claim", claim.at(1).as_string().c_str()}})
                    .starts_with("true:"));
    EXPECT_TRUE(client_.Query("{\"kinds\":[28935]}").empty()) << "members may not invite here";
}

TEST_F(MembershipTest, ShowsNobodyElseARequest)
{
    owner_.Result("createclaim", {"come-in-please"});
    RelayClient listener{relay_.port()};
    listener.Send("[\"REQ\",\"s\",{\"kinds\":[28934,28936,1]}]");
    ASSERT_EQ(listener.ReceiveOnly("EOSE").at(1), "s");
    ASSERT_EQ(client_.Authenticate(bob_, kUrl), "true");
    ASSERT_TRUE(Ask(client_, bob_, 28934, {{"claim", "come-in-please"}}).starts_with("true:"));
    const auto note = Sign(bob_);
    ASSERT_EQ(client_.Publish(note), "true");
    EXPECT_EQ(listener.ReceiveOnly("EVENT").at(2).at("id"), note.id.c_str());
}

}  // namespace
}  // namespace berth::relay::test
