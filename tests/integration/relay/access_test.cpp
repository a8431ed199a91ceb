#include <boost/json/parse.hpp>

#include "core/base/encoding.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

constexpr auto kRelayUrl = "wss://relay.example";

class AccessTest : public RelayTest {};

TEST_F(AccessTest, ServesOnlyThoseWhoAuthenticateWhenAskedTo)
{
    RelayProcess relay{NewDatabase(), {{"AUTH_REQUIRED", "true"}, {"URL", kRelayUrl}}};
    RelayClient client{relay.port()};
    const auto event = Sign(alice_);
    EXPECT_TRUE(client.Publish(event).starts_with("false:auth-required:"));
    client.Send("[\"REQ\",\"s\",{}]");
    const auto closed = client.Receive();
    EXPECT_EQ(closed.at(0), "CLOSED");
    EXPECT_TRUE(closed.at(2).as_string().starts_with("auth-required:"));

    EXPECT_TRUE(client.Authenticate(alice_, "wss://elsewhere.example").starts_with("false:"));
    EXPECT_TRUE(client.Publish(event).starts_with("false:auth-required:"));
    EXPECT_EQ(client.Authenticate(alice_, kRelayUrl), "true");
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Query("{}"), std::vector{event.id});
}

TEST_F(AccessTest, TakesTheMarketplacesProbeOnARelayForMembers)
{
    const auto marketplace = nostr::SecretKey::Generate();
    RelayProcess relay{NewDatabase(),
                       {{"AUTH_REQUIRED", "true"},
                        {"RESTRICTED_WRITES", "true"},
                        {"URL", kRelayUrl},
                        {"ALLOWED_WRITERS", marketplace.pubkey()}}};
    RelayClient client{relay.port()};
    ASSERT_EQ(client.Authenticate(marketplace, kRelayUrl), "true");
    const auto probe = Sign(
        marketplace, {.content = "a nonce", .tags = {{"expiration", std::to_string(Now() + 600)}}});
    EXPECT_EQ(client.Publish(probe), "true");
    EXPECT_EQ(client.Query("{\"ids\":[\"" + probe.id + "\"]}"), std::vector{probe.id});
    const auto deletion = Sign(marketplace, {.kind = 5, .tags = {{"e", probe.id}}});
    EXPECT_EQ(client.Publish(deletion), "true");
    EXPECT_TRUE(client.Query("{\"ids\":[\"" + probe.id + "\"]}").empty());
    EXPECT_TRUE(client.Publish(Sign(bob_)).starts_with("false:restricted:"));
}

TEST_F(AccessTest, TakesAProtectedEventFromItsAuthorOnly)
{
    RelayProcess relay{NewDatabase(), {{"URL", kRelayUrl}}};
    const auto event = Sign(alice_, {.tags = {{"-"}}});
    RelayClient client{relay.port()};
    EXPECT_TRUE(client.Publish(event).starts_with("false:auth-required:"));
    ASSERT_EQ(client.Authenticate(bob_, kRelayUrl), "true");
    EXPECT_TRUE(client.Publish(event).starts_with("false:restricted:"));
    ASSERT_EQ(client.Authenticate(alice_, kRelayUrl), "true");
    EXPECT_EQ(client.Publish(event), "true");
}

TEST_F(AccessTest, RefusesTheChallengeOfAnotherConnection)
{
    RelayProcess relay{NewDatabase(), {{"URL", kRelayUrl}}};
    RelayClient one{relay.port()};
    RelayClient two{relay.port()};
    EXPECT_NE(one.challenge(), two.challenge());
    auto stolen = Sign(alice_, {.kind = 22242,
                                .content = "",
                                .tags = {{"relay", kRelayUrl}, {"challenge", one.challenge()}}});
    two.Send("[\"AUTH\"," + nostr::ToJson(stolen) + "]");
    EXPECT_EQ(two.ReceiveOnly("OK").at(2), false);
    EXPECT_TRUE(one.Publish(stolen).starts_with("false:invalid:"));
}

TEST_F(AccessTest, ShowsTheDashboardForItsPasswordOnly)
{
    RelayProcess relay{NewDatabase(),
                       {{"DASHBOARD_PASSWORD", "open: sesame"}, {"NAME", "<b>Sea</b>"}}};
    RelayClient client{relay.port()};
    ASSERT_EQ(client.Publish(Sign(alice_)), "true");
    const auto with = [&](const std::string& credentials) {
        return Fetch(relay.port(), "/dashboard",
                     {{"Authorization", "Basic " + ToBase64(credentials)}});
    };
    const auto without = Fetch(relay.port(), "/dashboard");
    EXPECT_EQ(without.status, 401U);
    EXPECT_TRUE(without.headers.at("www-authenticate").starts_with("Basic"));
    EXPECT_EQ(Fetch(relay.port(), "/dashboard/figures.json").status, 401U);
    EXPECT_EQ(with("owner:wrong").status, 401U);
    const auto page = with("owner:open: sesame");
    EXPECT_EQ(page.status, 200U);
    EXPECT_NE(page.body.find("data-figure=\"stored\">1<"), std::string::npos);
    EXPECT_NE(page.body.find("&lt;b&gt;Sea"), std::string::npos);
    EXPECT_EQ(page.body.find("<script>"), std::string::npos) << "no script within the page";
    EXPECT_TRUE(page.headers.at("content-security-policy").starts_with("default-src 'none'"));
    for (int i = 0; i < 20; ++i) (void)with("owner:guess" + std::to_string(i));
    EXPECT_EQ(with("owner:open: sesame").status, 429U);
}

TEST_F(AccessTest, ShowsTheDashboardToAllowedAddressesOnly)
{
    RelayProcess relay{NewDatabase(),
                       {{"DASHBOARD_PASSWORD", "sesame"}, {"DASHBOARD_ADDRESSES", "10.0.0.0/8"}}};
    const auto answer =
        Fetch(relay.port(), "/dashboard", {{"Authorization", "Basic " + ToBase64("owner:sesame")}});
    EXPECT_EQ(answer.status, 403U);
}

TEST_F(AccessTest, GivesTheFiguresOfTheChartsAsJson)
{
    RelayProcess relay{NewDatabase(), {{"DASHBOARD_PASSWORD", "sesame"}}};
    const auto answer = Fetch(relay.port(), "/dashboard/figures.json?since=0",
                              {{"Authorization", "Basic " + ToBase64("owner:sesame")}});
    ASSERT_EQ(answer.status, 200U);
    const auto document = boost::json::parse(answer.body);
    EXPECT_GE(document.at("time").as_array().size(), 1U);
    EXPECT_EQ(document.at("time").as_array().size(), document.at("memory").as_array().size());
    EXPECT_GT(document.at("memory").as_array().at(0).as_double(), 1.0);
    EXPECT_EQ(document.at("now").at("accepted").as_string(), "0");
}

TEST_F(AccessTest, HasNoDashboardWithoutAPassword)
{
    RelayProcess relay{NewDatabase()};
    EXPECT_EQ(
        Fetch(relay.port(), "/dashboard", {{"Authorization", "Basic " + ToBase64("a:")}}).status,
        401U);
}

}  // namespace
}  // namespace berth::relay::test
