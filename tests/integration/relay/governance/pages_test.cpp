#include "core/base/command_runner.hpp"
#include "core/base/encoding.hpp"
#include "tests/integration/relay/governance/manager.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using Headers = std::map<std::string, std::string>;

class OwnersPagesTest : public RelayTest {
protected:
    HttpAnswer Get(const std::string& path, const std::string& password = "secret")
    {
        return Fetch(relay_.port(), path,
                     {{"Authorization", "Basic " + ToBase64("owner:" + password)}});
    }
    HttpAnswer Post(const std::string& path, const std::string& body, Headers headers = {})
    {
        headers["Authorization"] = "Basic " + ToBase64("owner:secret");
        headers["Content-Type"] = "application/x-www-form-urlencoded";
        return Fetch(relay_.port(), path, headers, "POST", body);
    }
    std::string Token()
    {
        const auto page = Get("/dashboard/people").body;
        const std::string mark = "name=\"token\" value=\"";
        const auto at = page.find(mark);
        return at == std::string::npos ? "" : page.substr(at + mark.size(), 64);
    }
    HttpAnswer Act(const std::string& fields)
    {
        return Post("/dashboard/act", "token=" + Token() + "&" + fields);
    }

    RelayProcess relay_{NewDatabase(), {{"DASHBOARD_PASSWORD", "secret"}}};
    RelayClient client_{relay_.port()};
};

TEST_F(OwnersPagesTest, AskForThePassword)
{
    for (const auto* tab : {"content", "people", "addresses", "settings", "log"}) {
        const auto path = "/dashboard/" + std::string{tab};
        EXPECT_EQ(Fetch(relay_.port(), path).status, 401U) << tab;
        EXPECT_EQ(Get(path, "wrong").status, 401U) << tab;
        const auto page = Get(path);
        EXPECT_EQ(page.status, 200U) << tab;
        EXPECT_NE(page.body.find("aria-current=\"page\""), std::string::npos) << tab;
        const auto policy = page.headers.at("content-security-policy");
        EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos) << tab;
    }
    EXPECT_EQ(Fetch(relay_.port(), "/dashboard/act", {}, "POST", "method=banevent").status, 401U);
}

TEST_F(OwnersPagesTest, TakeNoFormOfAnotherSite)
{
    const auto form = "method=banpubkey&key0=" + bob_.pubkey();
    EXPECT_EQ(Post("/dashboard/act", form).status, 403U);
    EXPECT_EQ(Post("/dashboard/act", form + "&token=" + std::string(64, '0')).status, 403U);
    EXPECT_EQ(Post("/dashboard/settings", "name=x").status, 403U);
    const auto good = form + "&token=" + Token();
    EXPECT_EQ(Post("/dashboard/act", good, {{"Origin", "https://evil.example"}}).status, 403U);
    EXPECT_EQ(Post("/dashboard/act", good, {{"Sec-Fetch-Site", "cross-site"}}).status, 403U);
    EXPECT_EQ(client_.Publish(Sign(bob_)), "true");
    EXPECT_EQ(Post("/dashboard/act", good, {{"Origin", "http://127.0.0.1"}}).status, 303U);
    EXPECT_TRUE(client_.Publish(Sign(bob_)).starts_with("false:blocked:"));
}

TEST_F(OwnersPagesTest, BanAKeyGivenAsNpub)
{
    nostr::Event event = Sign(bob_);
    const auto bytes = FromHex(bob_.pubkey());
    Bytes32 key{};
    std::copy(bytes->begin(), bytes->end(), key.begin());
    const auto done = Act("method=banpubkey&back=/dashboard/people&text1=spam&key0=" +
                          nostr::ToBech32("npub", key));
    EXPECT_EQ(done.status, 303U);
    EXPECT_EQ(done.headers.at("location"), "/dashboard/people");
    EXPECT_TRUE(client_.Publish(event).starts_with("false:blocked:"));
    EXPECT_NE(Get("/dashboard/people").body.find(bob_.pubkey()), std::string::npos);
    EXPECT_NE(Get("/dashboard/log").body.find("banpubkey"), std::string::npos);
}

TEST_F(OwnersPagesTest, SayWhyNothingWasChanged)
{
    const auto refused = Act("method=banpubkey&back=/dashboard/people&key0=nobody");
    EXPECT_EQ(refused.status, 400U);
    EXPECT_NE(refused.body.find("role=\"alert\""), std::string::npos);
    const auto unknown = Act("method=dance&back=/dashboard/people");
    EXPECT_EQ(unknown.status, 404U);
}

TEST_F(OwnersPagesTest, ShowAReportAndSettleIt)
{
    const auto event = Sign(bob_, {.content = "bad"});
    ASSERT_EQ(client_.Publish(event), "true");
    const auto report =
        Sign(alice_, {.kind = 1984, .content = "<b>", .tags = {{"e", event.id, "spam"}}});
    ASSERT_EQ(client_.Publish(report), "true");
    EXPECT_NE(Get("/dashboard/content").body.find("spam: &lt;b&gt;"), std::string::npos);
    EXPECT_EQ(Act("method=banevent&text0=" + event.id).status, 303U);
    EXPECT_EQ(Get("/dashboard/content").body.find("spam: &lt;b&gt;"), std::string::npos);
    EXPECT_TRUE(client_.Query("{\"kinds\":[1]}").empty());
}

TEST_F(OwnersPagesTest, SaveSettingsThatHoldAtOnce)
{
    const auto form = "token=" + Token() +
                      "&name=Harbour&description=Quiet&icon=&contact=&posting_policy="
                      "&banner=https://harbour.example/wide.png"
                      "&terms_of_service=https://harbour.example/terms&restricted_writes=on";
    EXPECT_EQ(Post("/dashboard/settings", form).status, 303U);
    EXPECT_TRUE(client_.Publish(Sign(bob_)).starts_with("false:restricted:"));
    const auto document =
        boost::json::parse(Fetch(relay_.port(), "/", {{"Accept", "application/nostr+json"}}).body);
    EXPECT_EQ(document.at("name"), "Harbour");
    EXPECT_EQ(document.at("banner"), "https://harbour.example/wide.png");
    EXPECT_EQ(document.at("terms_of_service"), "https://harbour.example/terms");
    EXPECT_EQ(document.at("limitation").at("restricted_writes"), true);
    const auto bad = "token=" + Token() + "&name=Harbour&icon=ftp://x";
    EXPECT_EQ(Post("/dashboard/settings", bad).status, 400U);
}

TEST_F(OwnersPagesTest, TellTheirFiguresToPrometheus)
{
    ASSERT_EQ(client_.Publish(Sign(alice_)), "true");
    ASSERT_EQ(client_.Query("{}").size(), 1U);
    EXPECT_EQ(Fetch(relay_.port(), "/metrics").status, 401U);
    const auto metrics = Get("/metrics");
    EXPECT_EQ(metrics.status, 200U);
    EXPECT_TRUE(metrics.headers.at("content-type").starts_with("text/plain; version=0.0.4"));
    for (const auto* line :
         {"nostr_client_messages_total{verb=\"EVENT\"} 1", "nostr_events_total{kind=\"1\"} 1",
          "nostr_relay_messages_total{verb=\"EOSE\"} 1", "berth_relay_database_up 1",
          "berth_relay_publish_duration_seconds_count 1"}) {
        EXPECT_NE(metrics.body.find(std::string{line} + "\n"), std::string::npos) << line;
    }
    ProcessRunner runner{1};
    const auto checked =
        runner.Run({.argv = {"promtool", "check", "metrics"}, .stdin_bytes = metrics.body},
                   Deadline::After(20s));
    ASSERT_TRUE(checked) << checked.error().message << " (setup/packages.sh test installs it)";
    EXPECT_EQ(checked->exit_code, 0) << checked->out << checked->err;
    RelayProcess open{NewDatabase(), {{"PUBLIC_METRICS", "true"}}};
    EXPECT_EQ(Fetch(open.port(), "/metrics").status, 200U);
}

}  // namespace
}  // namespace berth::relay::test
