#include "relay-image/http/payment_page.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "relay-image/http/shown_amount.hpp"

namespace berth::relay {
namespace {

const Fees kFees{.admission = 100, .publication = {{{1, 1}, 5}, {{0, 65535}, 1}}};

PaymentPage Page(const Fees& fees)
{
    return {.relay_name = "<b>\"Tom & Jerry's\"</b>",
            .owner = "owner",
            .fees = fees,
            .terms = PaymentTerms{.network = "xrpl:1",
                                  .payee = "rPayee",
                                  .destination_tag = "7",
                                  .min_settle_delay = 3600},
            .verifier = VerifierState::kUp};
}

TEST(PaymentPageTest, TellsProgramsFeesAndWhereToPay)
{
    const auto document = boost::json::parse(PaymentDocument(Page(kFees), {}));
    EXPECT_EQ(document.at("unit"), "drops");
    EXPECT_EQ(document.at("verifier"), "ok");
    EXPECT_EQ(document.at("fees").at("admission").at(0).at("amount"), 100);
    EXPECT_EQ(document.at("pay").at("payee"), "rPayee");
    EXPECT_EQ(document.at("pay").at("destination_tag"), "7");
    EXPECT_EQ(document.at("pay").at("tag").at(6), "XRP");
    EXPECT_FALSE(document.as_object().contains("account"));
}

TEST(PaymentPageTest, TellsAKeyItsBalance)
{
    PaymentAccount account;
    account.balance = -5;
    account.subscribed_until = 12;
    const AccountView view{.pubkey = "me", .account = account, .exempt = true};
    const auto shown = boost::json::parse(PaymentDocument(Page(kFees), view)).at("account");
    EXPECT_EQ(shown.at("pubkey"), "me");
    EXPECT_EQ(shown.at("balance"), "-5");
    EXPECT_EQ(shown.at("shown"), "-0.000005 XRP");
    EXPECT_EQ(shown.at("subscribed_until"), 12);
    EXPECT_EQ(shown.at("exempt"), true);
}

TEST(PaymentPageTest, WhatTheOwnerWritesIsTextOnThePage)
{
    const auto html = Rendered(PaymentHtml(Page(kFees))).body;
    EXPECT_EQ(html.find("<b>"), std::string::npos);
    EXPECT_NE(html.find("&lt;b&gt;&quot;Tom &amp; Jerry&#39;s&quot;"), std::string::npos);
    EXPECT_NE(html.find("<th scope=\"row\">kind 1</th><td>0.000005 XRP</td><td>5</td>"),
              std::string::npos);
    EXPECT_NE(html.find("all other kinds"), std::string::npos);
    EXPECT_NE(html.find("<code>rPayee</code>"), std::string::npos);
}

TEST(PaymentPageTest, HasNothingInlineThatAPolicyWouldHaveToAllow)
{
    const auto html = Rendered(PaymentHtml(Page(kFees))).body;
    for (const auto* inline_part : {"<style", "style=", "onclick", "<script>", "javascript:"}) {
        EXPECT_EQ(html.find(inline_part), std::string::npos) << inline_part;
    }
}

TEST(PaymentPageTest, SaysWhenPublishingIsFreeAndWhenPaymentsCannotBeVerified)
{
    const Fees none;
    EXPECT_NE(PaymentHtml(Page(none)).body.find("Publishing here is free."), std::string::npos);
    EXPECT_EQ(PaymentHtml(Page(none)).body.find("How to pay"), std::string::npos);
    auto down = Page(kFees);
    down.verifier = VerifierState::kDown;
    EXPECT_NE(PaymentHtml(down).body.find("cannot be verified"), std::string::npos);
}

TEST(PaymentPageTest, SaysHowLongASubscriptionLasts)
{
    Fees fees{.subscription = 5, .period = std::chrono::hours{24 * 30}};
    EXPECT_NE(FeeTable(fees).find("every 30 days"), std::string::npos);
    fees.period = std::chrono::hours{1};
    EXPECT_NE(FeeTable(fees).find("every 1 hour<"), std::string::npos);
    fees.period = std::chrono::seconds{90};
    EXPECT_NE(FeeTable(fees).find("every 90 seconds"), std::string::npos);
}

TEST(ShownAmountTest, IsExactInTheUnitOfPeople)
{
    EXPECT_EQ(Shown(1'500'000, "xrp"), "1.5 XRP");
    EXPECT_EQ(Shown(2'000'000, "xrp"), "2 XRP");
    EXPECT_EQ(Shown(1, "xrp"), "0.000001 XRP");
    EXPECT_EQ(Shown({}, "xrp"), "0 XRP");
    EXPECT_EQ(Shown(-25, "btc"), "-0.025 sat");
    EXPECT_EQ(Shown(*money::Amount::Parse("295147905179352825840"), "xrp"),
              "295147905179352.82584 XRP");
    EXPECT_DOUBLE_EQ(Drawn(1'500'000, "xrp"), 1.5);
}

}  // namespace
}  // namespace berth::relay
