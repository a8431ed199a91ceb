#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/http/assets.hpp"
#include "relay-image/http/dashboard.hpp"
#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/http/kinds_html.hpp"
#include "relay-image/http/landing.hpp"
#include "relay-image/http/process_figures.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Decision = DashboardGuard::Decision;
using Headers = std::map<std::string, std::string>;

constexpr DashboardGuard::Steady::time_point kStart{1000s};
const std::string kRight = "Basic " + ToBase64("anyone:secret");
const std::string kWrong = "Basic " + ToBase64("anyone:guess");

template <typename T>
T RunToEnd(boost::asio::awaitable<T> work)
{
    boost::asio::io_context io;
    auto done = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
    io.run();
    return done.get();
}

HttpCall::Request Request(const std::string& target, const Headers& headers = {},
                          boost::beast::http::verb verb = boost::beast::http::verb::get)
{
    HttpCall::Request request{verb, target, 11};
    for (const auto& [name, value] : headers) request.set(name, value);
    return request;
}

Decision Decide(DashboardGuard& guard, const std::string& authorization, const std::string& peer,
                DashboardGuard::Steady::time_point now = kStart)
{
    const auto request = Request("/dashboard", {{"Authorization", authorization}});
    return RunToEnd(guard.Decide({request, peer}, now));
}

DashboardGuard::Settings Secured(std::set<std::string> addresses = {})
{
    return {.password = *PasswordHash::Of(Secret{"secret"}), .addresses = std::move(addresses)};
}

TEST(DashboardGuardTest, LetsInWhoKnowsThePassword)
{
    DashboardGuard guard{Secured()};
    EXPECT_EQ(Decide(guard, kRight, "10.0.0.1"), Decision::kAllowed);
    EXPECT_EQ(Decide(guard, kRight, "10.0.0.2"), Decision::kAllowed) << "known again";
    for (const auto& header : {kWrong, std::string{}, std::string{"Basic"}, std::string{"Basic !"},
                               "Basic " + ToBase64("secret"), "Bearer " + ToBase64("a:secret"),
                               "Basic " + ToBase64("a:" + std::string(2000, 'x'))}) {
        EXPECT_EQ(Decide(guard, header, "10.0.0.1"), Decision::kRefused) << header;
    }
}

TEST(DashboardGuardTest, LetsNobodyInWithoutAPassword)
{
    DashboardGuard guard{{}};
    EXPECT_EQ(Decide(guard, "Basic " + ToBase64("a:"), "10.0.0.1"), Decision::kRefused);
}

TEST(DashboardGuardTest, ThrottlesTheAddressThatGuessesForAMinute)
{
    DashboardGuard guard{Secured()};
    for (int i = 0; i < 10; ++i) EXPECT_EQ(Decide(guard, kWrong, "a"), Decision::kRefused);
    EXPECT_EQ(Decide(guard, kRight, "a", kStart + 59s), Decision::kThrottled);
    EXPECT_EQ(Decide(guard, kRight, "b", kStart + 59s), Decision::kAllowed);
    EXPECT_EQ(Decide(guard, kRight, "a", kStart + 61s), Decision::kAllowed);
}

TEST(DashboardGuardTest, LetsInFromAllowedNetworksOnly)
{
    DashboardGuard guard{Secured({"10.0.0.0/8", "192.0.2.7"})};
    EXPECT_EQ(Decide(guard, kRight, "10.1.2.3"), Decision::kAllowed);
    EXPECT_EQ(Decide(guard, kRight, "192.0.2.7"), Decision::kAllowed);
    EXPECT_EQ(Decide(guard, kRight, "192.0.2.8"), Decision::kForeign);
    EXPECT_EQ(Decide(guard, kRight, "nonsense"), Decision::kForeign);
}

TEST(DashboardGuardTest, TakesNoFormFromAnotherSite)
{
    DashboardGuard guard{Secured()};
    const auto post = [&](Headers headers) {
        headers["Authorization"] = kRight;
        headers["Host"] = "relay.example";
        const auto request = Request("/dashboard", headers, boost::beast::http::verb::post);
        return RunToEnd(guard.Decide({request, "a"}, kStart));
    };
    EXPECT_EQ(post({}), Decision::kAllowed) << "no browser";
    EXPECT_EQ(post({{"Sec-Fetch-Site", "same-origin"}}), Decision::kAllowed);
    EXPECT_EQ(post({{"Sec-Fetch-Site", "cross-site"}}), Decision::kForeign);
    EXPECT_EQ(post({{"Sec-Fetch-Site", "same-site"}}), Decision::kForeign);
    EXPECT_EQ(post({{"Origin", "https://relay.example"}}), Decision::kAllowed);
    EXPECT_EQ(post({{"Origin", "https://evil.example"}}), Decision::kForeign);
    EXPECT_EQ(post({{"Origin", "null"}}), Decision::kForeign);
}

TEST(PasswordHashTest, TakesAHashInPlaceOfThePassword)
{
    const auto hash =
        PasswordHash::Of(Secret{"$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$not-the-hash"});
    ASSERT_TRUE(hash);
    EXPECT_FALSE(hash->Fits("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$not-the-hash"));
    EXPECT_TRUE(PasswordHash::Of(Secret{"open"})->Fits("open"));
    EXPECT_FALSE(PasswordHash::Of(Secret{"open"})->Fits("Open"));
}

TEST(RoutesTest, AnswersByPathAndMethod)
{
    Routes routes;
    routes.Add(Routes::Verb::get, "/a", [](const HttpCall& call) -> boost::asio::awaitable<Answer> {
        co_return Answer{.body = std::string{call.Path()}};
    });
    const auto ask = [&](const HttpCall::Request& request) {
        return RunToEnd(routes.Respond({request, "peer"}));
    };
    EXPECT_EQ(ask(Request("/a?b=c")).body, "/a");
    EXPECT_EQ(ask(Request("/a", {}, Routes::Verb::head)).body, "/a");
    EXPECT_EQ(ask(Request("/b")).status, boost::beast::http::status::not_found);
    const auto refused = ask(Request("/a", {}, Routes::Verb::post));
    EXPECT_EQ(refused.status, boost::beast::http::status::method_not_allowed);
    EXPECT_EQ(refused.headers.at(0), std::pair(std::string{"Allow"}, std::string{"GET"}));
}

TEST(HistoryTest, GivesWhatIsNewerAndForgetsTheOldest)
{
    History history;
    for (std::int64_t at = 1; at <= static_cast<std::int64_t>(History::kMaxSamples) + 5; ++at) {
        history.Add({.at = at, .events_per_second = static_cast<double>(at), .store = {}});
    }
    EXPECT_EQ(history.samples().size(), History::kMaxSamples);
    EXPECT_EQ(history.samples().front().at, 6);
    const auto fresh = history.After(static_cast<std::int64_t>(History::kMaxSamples) + 3);
    EXPECT_EQ(fresh.at("time"), (boost::json::array{2164, 2165}));
    EXPECT_EQ(fresh.at("events_per_second"), (boost::json::array{2164.0, 2165.0}));
    EXPECT_EQ(fresh.size(), 1 + ChartSeries().size());
}

TEST(DashboardTest, SaysThatTheDatabaseIsSilent)
{
    const auto page = DashboardPage({.relay_name = "Sea & <sky>", .now = {}}, History{});
    EXPECT_THAT(page.body, HasSubstr("Sea &amp; &lt;sky&gt;"));
    EXPECT_THAT(page.body, HasSubstr("data-figure=\"database\">does not answer<"));
}

TEST(DashboardTest, ShowsEverySampleColumnOfItsTable)
{
    History history;
    history.Add({.at = 3661, .connections = 12, .store = StoreFigures{.events = 1}});
    const auto page = DashboardPage({.relay_name = "Sea", .now = {}}, history);
    EXPECT_THAT(page.body, HasSubstr("01:01:01</time>"));
    EXPECT_THAT(page.body, HasSubstr("<td>12</td>"));
    for (const auto& series : ChartSeries()) {
        EXPECT_THAT(page.body, HasSubstr(std::string{series.label})) << series.name;
        EXPECT_THAT(page.body, HasSubstr(std::string{series.name})) << series.name;
    }
}

TEST(KindsHtmlTest, ShowsTheLargestKindsAndAddsUpTheOthers)
{
    CountedKinds counted{.at = 3661, .census = {}};
    for (int kind = 1; kind <= 14; ++kind) {
        counted.census.kinds.push_back({.kind = kind, .events = 1, .bytes = kind * 1'000});
    }
    const auto html = KindsHtml(counted);
    EXPECT_THAT(html, HasSubstr("data-at=\"3661\""));
    EXPECT_THAT(html, HasSubstr("<th scope=\"row\">14</th><td>1</td><td>14.0 kB</td>"));
    EXPECT_THAT(html, HasSubstr("<th scope=\"row\">2 others</th><td>2</td><td>3.0 kB</td>"));
    EXPECT_THAT(html, Not(HasSubstr("1 note")));
    EXPECT_LT(html.find("<th scope=\"row\">14<"), html.find("<th scope=\"row\">13<"));
    EXPECT_THAT(html, HasSubstr("Counted at"));
    counted.census.is_estimate = true;
    EXPECT_THAT(KindsHtml(counted), HasSubstr("Estimated from a sample at"));
}

TEST(KindsHtmlTest, SaysThatNothingIsCountedOrStored)
{
    EXPECT_THAT(KindsHtml(std::nullopt), HasSubstr("are being counted"));
    EXPECT_THAT(KindsHtml(CountedKinds{}), HasSubstr("No event is stored yet"));
}

TEST(LandingTest, TellsRulesAndAddress)
{
    RelayProfile profile;
    profile.name = "Sea";
    profile.description = "For <sailors>";
    profile.contact = "mailto:owner@relay.example";
    profile.icon = "javascript:alert(1)";
    profile.banner = profile.terms_of_service = profile.icon;
    profile.restricted_writes = true;
    const auto page = LandingPage(profile, {}, "relay.example:8080");
    EXPECT_THAT(page.body, HasSubstr("<code>ws://relay.example:8080</code>"));
    EXPECT_THAT(page.body, HasSubstr("For &lt;sailors&gt;"));
    EXPECT_THAT(page.body, HasSubstr("Only members may publish."));
    EXPECT_THAT(page.body, HasSubstr("<form id=\"join\""));
    EXPECT_THAT(page.body, HasSubstr("href=\"mailto:owner@relay.example\""));
    EXPECT_THAT(page.body, HasSubstr("nips/blob/master/01.md"));
    EXPECT_THAT(page.body, Not(HasSubstr("javascript:")));
    profile.restricted_writes = false;
    const auto open = LandingPage(profile, {}, "relay.example", "No <ads>.");
    EXPECT_THAT(open.body, HasSubstr("No &lt;ads&gt;."));
    EXPECT_THAT(open.body, Not(HasSubstr("id=\"join\"")));
    EXPECT_TRUE(open.scripts.empty());
    EXPECT_THAT(open.body, HasSubstr("Anybody may publish."));
    EXPECT_THAT(open.body, Not(HasSubstr("/payments")));
}

TEST(LandingTest, ShowsTheOwnersPicturesAndTerms)
{
    RelayProfile profile;
    profile.icon = "https://pictures.example/square";
    profile.banner = "https://pictures.example/wide?a&b";
    profile.terms_of_service = "https://relay.example/terms";
    const auto page = LandingPage(profile, {}, "relay.example");
    EXPECT_THAT(page.body, HasSubstr(R"(class="icon" src="https://pictures.example/square")"));
    EXPECT_THAT(page.body,
                HasSubstr(R"(class="banner" src="https://pictures.example/wide?a&amp;b")"));
    EXPECT_THAT(page.body, HasSubstr(R"(<a href="https://relay.example/terms">Terms of service)"));
}

TEST(LandingTest, TellsFeesAndWhereToPayThem)
{
    const auto page = LandingPage({}, {}, "relay.example", {}, {.admission = 1'500'000});
    EXPECT_THAT(page.body, HasSubstr("<td>1.5 XRP</td>"));
    EXPECT_THAT(page.body, HasSubstr("<a href=\"/payments\">"));
    EXPECT_THAT(page.body, HasSubstr("who pays the fees"));
}

TEST(HtmlTest, AllowsNoScriptButOurOwnFiles)
{
    const auto answer = Rendered({.title = "a\"b", .body = "", .scripts = {"uplot.js"}});
    EXPECT_THAT(answer.body, HasSubstr("<title>a&quot;b</title>"));
    EXPECT_THAT(answer.body, HasSubstr(AssetPath("uplot.js")));
    EXPECT_THAT(answer.body, Not(HasSubstr("<script>")));
    const auto& headers = answer.headers;
    const auto policy = std::ranges::find(headers, "Content-Security-Policy",
                                          &std::pair<std::string, std::string>::first);
    ASSERT_NE(policy, headers.end());
    EXPECT_THAT(policy->second, Not(HasSubstr("unsafe")));
}

TEST(ProcessFiguresTest, ReadsThisProcess)
{
    const auto figures = MeasureProcess("/");
    EXPECT_GT(figures.cpu.count(), 0);
    EXPECT_GT(figures.memory_bytes, 1'000'000);
    EXPECT_GT(figures.disk_free_bytes, 0);
    EXPECT_EQ(MeasureProcess("/no/such/folder").disk_free_bytes, 0);
}

}  // namespace
}  // namespace berth::relay
