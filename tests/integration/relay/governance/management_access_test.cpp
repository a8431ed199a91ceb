#include "core/base/encoding.hpp"
#include "tests/integration/relay/governance/manager.hpp"

namespace berth::relay::test {
namespace {

namespace json = boost::json;

class ManagementAccessTest : public RelayTest {
protected:
    const nostr::SecretKey owner_key_ = nostr::SecretKey::Generate();
    RelayProcess relay_{NewDatabase(), {{"PUBKEY", owner_key_.pubkey()}}};
    Manager owner_{relay_, owner_key_};
    Manager alice_manager_{relay_, alice_};
    Manager bob_manager_{relay_, bob_};
    const std::string victim_ = nostr::SecretKey::Generate().pubkey();
};

TEST_F(ManagementAccessTest, AnswersToNobodyWithoutHisSignatureForThisCall)
{
    const auto body = Manager::Body("listbannedpubkeys", {});
    EXPECT_EQ(owner_.Send(body, "").reason(), "AUTH_MALFORMED");
    EXPECT_EQ(owner_.Send(body, "").status, 401U);
    EXPECT_EQ(owner_.Send(body, "Basic abcd").status, 401U);
    EXPECT_EQ(owner_.Send(body, owner_.Sign(body, "ws://elsewhere.example")).reason(),
              "AUTH_WRONG_URL");
    EXPECT_EQ(owner_.Send(body, owner_.Sign(Manager::Body("listaudit", {}))).reason(),
              "AUTH_WRONG_PAYLOAD");
    const auto without_payload = nostr::MakeHttpAuth(
        {.url = "ws://127.0.0.1", .method = "POST", .body = ""}, owner_key_, SystemClock{}.Now());
    EXPECT_EQ(owner_.Send(body, without_payload).reason(), "AUTH_WRONG_PAYLOAD");
    const auto by_get = nostr::MakeHttpAuth(
        {.url = "ws://127.0.0.1", .method = "GET", .body = body}, owner_key_, SystemClock{}.Now());
    EXPECT_EQ(owner_.Send(body, by_get).reason(), "AUTH_WRONG_METHOD");
    const auto old = nostr::MakeHttpAuth({.url = "ws://127.0.0.1", .method = "POST", .body = body},
                                         owner_key_, SystemClock{}.Now() - std::chrono::minutes{3});
    EXPECT_EQ(owner_.Send(body, old).reason(), "AUTH_EXPIRED");
}

TEST_F(ManagementAccessTest, TakesEachSignatureOnce)
{
    const auto body = Manager::Body("banpubkey", {victim_});
    const auto authorization = owner_.Sign(body);
    EXPECT_EQ(owner_.Send(body, authorization).status, 200U);
    const auto replayed = owner_.Send(body, authorization);
    EXPECT_EQ(replayed.status, 401U);
    EXPECT_EQ(replayed.reason(), "AUTH_REPLAYED");
}

TEST_F(ManagementAccessTest, KnowsItsAddressInTheFormsThatClientsWrite)
{
    const auto body = Manager::Body("supportedmethods", {});
    for (const auto* url : {"ws://127.0.0.1", "ws://127.0.0.1/", "http://127.0.0.1/"}) {
        EXPECT_EQ(owner_.Send(body, owner_.Sign(body, url)).status, 200U) << url;
    }
    RelayProcess named{NewDatabase(),
                       {{"PUBKEY", owner_key_.pubkey()}, {"URL", "wss://relay.example"}}};
    Manager there{named, owner_key_};
    EXPECT_EQ(there.Send(body, there.Sign(body, "wss://relay.example/")).status, 200U);
    EXPECT_EQ(there.Send(body, there.Sign(body, "https://relay.example")).status, 200U);
    EXPECT_EQ(there.Send(body, there.Sign(body, "ws://relay.example")).status, 401U);
    EXPECT_EQ(there.Send(body, there.Sign(body, "ws://127.0.0.1")).status, 401U);
}

TEST_F(ManagementAccessTest, RefusesCallsThatAreNone)
{
    const auto reason = [&](const std::string& body) {
        return owner_.Send(body, owner_.Sign(body)).reason();
    };
    EXPECT_EQ(reason("{"), "BAD_JSON");
    EXPECT_EQ(reason("[]"), "BAD_CALL");
    EXPECT_EQ(reason("{\"params\":[]}"), "BAD_CALL");
    EXPECT_EQ(reason("{\"method\":\"banpubkey\",\"params\":{}}"), "BAD_CALL");
    EXPECT_EQ(reason("{\"method\":\"dance\",\"params\":[]}"), "UNKNOWN_METHOD");
    for (const auto* params : {"[]", "[7]", "[\"abc\"]", "[null]", "[\"AB\"]"}) {
        EXPECT_EQ(reason("{\"method\":\"banpubkey\",\"params\":" + std::string{params} + "}"),
                  "BAD_PARAMS");
    }
    EXPECT_EQ(reason("{\"method\":\"allowkind\",\"params\":[65536]}"), "BAD_PARAMS");
    EXPECT_EQ(reason("{\"method\":\"blockip\",\"params\":[\"nowhere\"]}"), "BAD_IP_ADDRESS");
    EXPECT_EQ(owner_.Call("banpubkey", {victim_, std::string(1001, 'x')}).reason(), "BAD_TEXT");
    EXPECT_EQ(Fetch(relay_.port(), "/", {{"Content-Type", "text/plain"}}, "POST", "{}").status,
              415U);
}

TEST_F(ManagementAccessTest, LetsAStrangerDoNothing)
{
    EXPECT_EQ(bob_manager_.Result("supportedmethods"), json::array{});
    const auto refused = bob_manager_.Call("banpubkey", {victim_});
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.reason(), "METHOD_NOT_ALLOWED");
    EXPECT_EQ(owner_.Result("listbannedpubkeys"), json::array{});
}

TEST_F(ManagementAccessTest, LetsAKeyCallWhatItsRoleOrGrantNames)
{
    owner_.Result("createrole",
                  {"mods", "Moderators", "", "", 1, json::array{"banevent", "banpubkey"}});
    owner_.Result("assignrole", {alice_.pubkey(), "mods"});
    EXPECT_EQ(alice_manager_.Result("supportedmethods"), (json::array{"banpubkey", "banevent"}));
    EXPECT_EQ(alice_manager_.Result("banpubkey", {victim_}), true);
    EXPECT_EQ(alice_manager_.Call("unbanpubkey", {victim_}).reason(), "METHOD_NOT_ALLOWED");
    owner_.Result("editrole", {"mods", "Helpers"});
    EXPECT_EQ(alice_manager_.Call("banpubkey", {victim_}).status, 200U) << "its powers stay";
    owner_.Result("unassignrole", {alice_.pubkey(), "mods"});
    EXPECT_EQ(alice_manager_.Call("banpubkey", {victim_}).status, 403U);

    EXPECT_EQ(owner_.Result("assignmethod", {bob_.pubkey(), "blockip"}), (json::array{true, ""}));
    EXPECT_EQ(bob_manager_.Result("blockip", {"192.0.2.1"}), true);
    EXPECT_EQ(owner_.Result("listmethodassignees"),
              (json::array{{{"pubkey", bob_.pubkey()}, {"methods", json::array{"blockip"}}}}));
    owner_.Result("unassignmethod", {bob_.pubkey(), "blockip"});
    EXPECT_EQ(bob_manager_.Call("blockip", {"192.0.2.1"}).status, 403U);
    EXPECT_EQ(owner_.Result("assignmethod", {bob_.pubkey(), "dance"}).at(0), false);
}

TEST_F(ManagementAccessTest, LetsNobodyGiveHimselfMorePower)
{
    owner_.Result("createrole", {"all", "", "", "", 0, json::array{"banpubkey", "assignrole"}});
    const json::array some{"assignrole", "createrole", "editrole", "assignmethod", "banpubkey"};
    owner_.Result("createrole", {"some", "", "", "", 0, some});
    owner_.Result("createrole", {"big", "", "", "", 0, json::array{"changerelayname"}});
    owner_.Result("assignrole", {alice_.pubkey(), "some"});
    EXPECT_EQ(alice_manager_.Call("assignrole", {alice_.pubkey(), "big"}).reason(),
              "NOT_YOURS_TO_GIVE");
    EXPECT_EQ(
        alice_manager_.Call("createrole", {"new", "", "", "", 0, json::array{"changerelayname"}})
            .reason(),
        "NOT_YOURS_TO_GIVE");
    EXPECT_EQ(
        alice_manager_.Call("editrole", {"some", "", "", "", 0, json::array{"blockip"}}).reason(),
        "NOT_YOURS_TO_GIVE");
    EXPECT_EQ(alice_manager_.Result("assignmethod", {alice_.pubkey(), "blockip"}).at(0), false);
    EXPECT_EQ(alice_manager_.Call("assignrole", {bob_.pubkey(), "all"}).status, 200U);
    EXPECT_EQ(alice_manager_.Call("banpubkey", {bob_.pubkey()}).reason(), "NOT_BELOW_YOU");
    EXPECT_EQ(alice_manager_.Call("banpubkey", {owner_key_.pubkey()}).reason(), "OWNER_PROTECTED");
}

TEST_F(ManagementAccessTest, KeepsAllowListAndBanListApart)
{
    owner_.Result("allowpubkey", {alice_.pubkey(), "friend"});
    EXPECT_EQ(owner_.Result("listallowedpubkeys").at(0).at("reason"), "friend");
    owner_.Result("banpubkey", {alice_.pubkey(), "was no friend"});
    EXPECT_EQ(owner_.Result("listallowedpubkeys"), json::array{});
    owner_.Result("allowpubkey", {alice_.pubkey()});
    EXPECT_EQ(owner_.Result("listbannedpubkeys"), json::array{});
    owner_.Result("unallowpubkey", {alice_.pubkey()});
    EXPECT_EQ(owner_.Result("listallowedpubkeys"), json::array{});
    EXPECT_EQ(owner_.Result("listbannedpubkeys"), json::array{});
}

TEST_F(ManagementAccessTest, MakesTheAllowListTheWritersOfARelayForMembers)
{
    RelayProcess closed{NewDatabase(),
                        {{"PUBKEY", owner_key_.pubkey()}, {"RESTRICTED_WRITES", "true"}}};
    RelayClient client{closed.port()};
    EXPECT_TRUE(client.Publish(Sign(alice_)).starts_with("false:restricted:"));
    Manager owner{closed, owner_key_};
    owner.Result("allowpubkey", {alice_.pubkey()});
    EXPECT_EQ(client.Publish(Sign(alice_)), "true");
    EXPECT_EQ(client.Publish(Sign(owner_key_)), "true");
}

TEST_F(ManagementAccessTest, LetsPagesOfOtherSitesAsk)
{
    const auto answer = Fetch(relay_.port(), "/", {}, "OPTIONS");
    EXPECT_NE(answer.headers.at("access-control-allow-methods").find("POST"), std::string::npos);
    EXPECT_NE(answer.headers.at("access-control-allow-headers").find("Authorization"),
              std::string::npos);
}

TEST_F(ManagementAccessTest, ManagesInviteCodes)
{
    owner_.Result("createrole", {"guest", "Guests"});
    const auto random = owner_.Result("createclaim");
    EXPECT_EQ(random.as_string().size(), 24U);
    EXPECT_EQ(owner_.Result("createclaim", {"spring-2026", "guest", 3, 60}), "spring-2026");
    EXPECT_EQ(owner_.Call("createclaim", {"spring-2026"}).reason(), "INVITE_EXISTS");
    EXPECT_EQ(owner_.Call("createclaim", {"short"}).reason(), "BAD_INVITE");
    EXPECT_EQ(owner_.Call("createclaim", {nullptr, "no such role"}).reason(), "UNKNOWN_ROLE");
    const auto claims = owner_.Result("listclaims").as_array();
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_EQ(owner_.Result("deleteclaim", {"spring-2026"}), true);
    EXPECT_EQ(owner_.Call("deleteclaim", {"spring-2026"}).reason(), "UNKNOWN_INVITE");
}

}  // namespace
}  // namespace berth::relay::test
