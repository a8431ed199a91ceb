// What users, owners and programs are told of payments.
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "core/base/encoding.hpp"
#include "core/nostr/http_auth.hpp"
#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class PaymentPagesTest : public PaymentsTest {
protected:
    const RelayProcess relay_{NewDatabase(), Local({{"PAYMENT_ADMISSION", "1500000"},
                                                    {"PAYMENT_PUBLICATION", "1=10"},
                                                    {"DASHBOARD_PASSWORD", "open sesame"},
                                                    {"NAME", "Sea & <sky>"}})};

    HttpAnswer AskAs(const nostr::SecretKey& key, const std::string& url,
                     const std::string& method = "GET") const
    {
        const auto proof = nostr::MakeHttpAuth({.url = url, .method = method, .body = {}}, key,
                                               SystemClock{}.Now());
        return Fetch(relay_.port(), "/payments", {{"Authorization", proof}});
    }
};

TEST_F(PaymentPagesTest, TheInformationDocumentTellsFeesAndWhereToPay)
{
    const auto document = Page(relay_, "/");
    EXPECT_EQ(document.at("limitation").at("payment_required"), true);
    EXPECT_EQ(document.at("payments_url"), "http://127.0.0.1/payments");
    const auto& fees = document.at("fees").as_object();
    EXPECT_EQ(fees.at("admission").at(0).at("amount"), 1'500'000);
    EXPECT_EQ(fees.at("admission").at(0).at("unit"), "drops");
    EXPECT_EQ(fees.at("publication").at(0).at("kinds"), boost::json::value({1}));
    const RelayProcess free{NewDatabase()};
    const auto other = Page(free, "/");
    EXPECT_EQ(other.at("limitation").at("payment_required"), false);
    EXPECT_FALSE(other.contains("fees"));
    EXPECT_FALSE(other.contains("payments_url"));
}

TEST_F(PaymentPagesTest, ProgramsReadFeesAndTermsAndBalances)
{
    ASSERT_TRUE(Becomes([&] { return Page(relay_, "/payments").at("verifier") == "ok"; }));
    const auto document = Page(relay_, "/payments");
    EXPECT_EQ(Text(document.at("pay").at("payee")), owner_.address());
    EXPECT_EQ(document.at("pay").at("network"), "xrpl:0");
    EXPECT_FALSE(document.contains("account"));
    const auto channel = OpenChannel(payer_, 9'000'000);
    RelayClient client{relay_.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 2'500'010, 1)), "true");
    const auto account = AccountOf(relay_, payer_.key);
    EXPECT_EQ(Text(account.at("pubkey")), payer_.key.pubkey());
    EXPECT_EQ(account.at("balance"), "1000000");
    EXPECT_EQ(account.at("shown"), "1 XRP");
    EXPECT_EQ(account.at("exempt"), false);
    EXPECT_EQ(BalanceOf(relay_, other_.key), "0");
}

TEST_F(PaymentPagesTest, ABalanceIsShownToItsKeyAlone)
{
    EXPECT_EQ(AskAs(alice_, "https://127.0.0.1/payments").status, 200U);
    EXPECT_EQ(AskAs(alice_, "http://127.0.0.1/").status, 401U);
    EXPECT_EQ(AskAs(alice_, "http://elsewhere.example/payments").status, 401U);
    EXPECT_EQ(AskAs(alice_, "http://127.0.0.1/payments", "POST").status, 401U);
    EXPECT_EQ(Fetch(relay_.port(), "/payments", {{"Authorization", "Basic eDp4"}}).status, 401U);
    const auto proof =
        nostr::MakeHttpAuth({.url = "http://127.0.0.1/payments", .method = "GET", .body = {}},
                            alice_, SystemClock{}.Now());
    const auto first = Fetch(relay_.port(), "/payments", {{"Authorization", proof}});
    EXPECT_EQ(first.status, 200U);
    EXPECT_EQ(first.headers.at("access-control-allow-origin"), "*");
    const auto again = Fetch(relay_.port(), "/payments", {{"Authorization", proof}});
    EXPECT_EQ(again.status, 401U);
    EXPECT_THAT(again.body, HasSubstr("AUTH_REPLAYED"));
}

TEST_F(PaymentPagesTest, BrowsersGetPagesUnderAPolicyWithoutInlineScripts)
{
    const auto page = Fetch(relay_.port(), "/payments", {{"Accept", "text/html"}});
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.headers.at("content-security-policy"), Not(HasSubstr("unsafe")));
    EXPECT_THAT(page.body, HasSubstr("Sea &amp; &lt;sky&gt;"));
    EXPECT_THAT(page.body, HasSubstr("1.5 XRP"));
    EXPECT_THAT(page.body, HasSubstr("/payments.js\""));
    const auto landing = Fetch(relay_.port(), "/", {{"Accept", "text/html"}});
    EXPECT_THAT(landing.body, HasSubstr("<a href=\"/payments\">"));
    EXPECT_THAT(landing.body, HasSubstr("1.5 XRP"));
    EXPECT_EQ(Fetch(relay_.port(), "/payments", {}, "POST").status, 405U);
    const RelayProcess free{NewDatabase()};
    EXPECT_THAT(Fetch(free.port(), "/", {{"Accept", "text/html"}}).body,
                Not(HasSubstr("/payments")));
    EXPECT_THAT(Fetch(free.port(), "/payments", {{"Accept", "text/html"}}).body,
                HasSubstr("Publishing here is free."));
}

TEST_F(PaymentPagesTest, OwnersAndPrometheusSeeTheRevenue)
{
    const auto channel = OpenChannel(payer_, 9'000'000);
    RelayClient client{relay_.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 2'500'010, 1)), "true");
    client.Publish(Sign(other_.key));
    EXPECT_EQ(MetricOf(relay_, "berth_relay_payments_received_total"),
              "berth_relay_payments_received_total{unit=\"drops\"} 2500010");
    EXPECT_EQ(MetricOf(relay_, "berth_relay_payments_paid_total"),
              "berth_relay_payments_paid_total 1");
    EXPECT_EQ(MetricOf(relay_, "berth_relay_payments_refused_total"),
              "berth_relay_payments_refused_total 1");
    EXPECT_EQ(MetricOf(relay_, "berth_relay_payments_accounts"), "berth_relay_payments_accounts 1");
    EXPECT_EQ(MetricOf(relay_, "berth_relay_payments_unsettled"),
              "berth_relay_payments_unsettled 0");
    const auto dashboard = Fetch(relay_.port(), "/dashboard",
                                 {{"Authorization", "Basic " + ToBase64("owner:open sesame")}});
    EXPECT_THAT(dashboard.body, HasSubstr("data-figure=\"revenue\">2.50001 XRP<"));
    EXPECT_THAT(dashboard.body, HasSubstr("Revenue <small>XRP</small>"));
}

}  // namespace
}  // namespace berth::relay::test
