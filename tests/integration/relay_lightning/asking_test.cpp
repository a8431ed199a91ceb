// Who may ask for invoices, how often, and what he is told.
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "tests/integration/relay_lightning/lightning_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class LightningAskingTest : public LightningRelayTest {
protected:
    static std::string ReasonOf(const HttpAnswer& answer)
    {
        return TextOf(boost::json::parse(answer.body).as_object(), "reason");
    }
    HttpAnswer Send(const std::string& body, const std::string& type = "application/json") const
    {
        return Fetch(relay_.port(), "/payments/invoice", {{"Content-Type", type}}, "POST", body);
    }
    HttpAnswer Open(const std::string& target) const
    {
        return Fetch(relay_.port(), target, {{"Accept", "text/html"}});
    }
};

TEST_F(LightningAskingTest, WhatCannotBeReadIsRefusedWithItsReason)
{
    EXPECT_EQ(Send("").status, 401U);
    EXPECT_EQ(ReasonOf(Send("{}")), "NO_KEY");
    EXPECT_EQ(ReasonOf(Send("{")), "BAD_JSON");
    EXPECT_EQ(ReasonOf(Send("[]")), "BAD_REQUEST");
    EXPECT_EQ(ReasonOf(Send(R"({"pubkey":"npub1"})")), "BAD_PUBLIC_KEY");
    EXPECT_EQ(ReasonOf(Send(R"({"pubkey":7})")), "BAD_REQUEST");
    EXPECT_EQ(ReasonOf(Ask({{"pubkey", alice_.pubkey()}, {"amount_msat", "5000"}})), "BAD_REQUEST");
    EXPECT_EQ(ReasonOf(Ask({{"pubkey", alice_.pubkey()}, {"amount", 5'000}})), "BAD_REQUEST");
    const auto little = Ask({{"pubkey", alice_.pubkey()}, {"amount_msat", 999}});
    EXPECT_EQ(little.status, 400U);
    EXPECT_EQ(ReasonOf(little), "BAD_AMOUNT");
    EXPECT_EQ(ReasonOf(Ask({{"pubkey", alice_.pubkey()}, {"amount_msat", -1}})), "BAD_AMOUNT");
    EXPECT_EQ(ReasonOf(Look("abc")), "BAD_REQUEST");
    const auto unknown = Look(std::string(64, 'a'));
    EXPECT_EQ(unknown.status, 404U);
    EXPECT_EQ(ReasonOf(unknown), "INVOICE_NOT_FOUND");
}

TEST_F(LightningAskingTest, AProofIsGoodForOneCallAndOneBody)
{
    EXPECT_EQ(TextOf(Made({}, &alice_), "pubkey"), alice_.pubkey());
    const auto forged =
        Fetch(relay_.port(), "/payments/invoice", {{"Authorization", "Nostr e30="}}, "POST", "{}");
    EXPECT_EQ(forged.status, 401U);
    EXPECT_EQ(forged.headers.at("www-authenticate"), "Nostr");
}

TEST_F(LightningAskingTest, MembersAreNotAsked)
{
    RelayProcess relay{NewDatabase(), Lightning({{"PUBKEY", bob_.pubkey()}})};
    const auto answer =
        Fetch(relay.port(), "/payments/invoice", {{"Content-Type", "application/json"}}, "POST",
              R"({"pubkey":")" + bob_.pubkey() + R"("})");
    EXPECT_EQ(answer.status, 409U);
    EXPECT_EQ(ReasonOf(answer), "NOTHING_TO_PAY");
}

TEST_F(LightningAskingTest, AFloodIsStoppedByAddressAndInAll)
{
    RelayProcess relay{NewDatabase(), Lightning({{"PAYMENT_LIGHTNING_RATE", "3"}})};
    unsigned made = 0;
    HttpAnswer last;
    for (int i = 0; i < 6; ++i) {
        last = Fetch(relay.port(), "/payments/invoice", {{"Content-Type", "application/json"}},
                     "POST", R"({"pubkey":")" + nostr::SecretKey::Generate().pubkey() + R"("})");
        made += last.status == 200;
    }
    EXPECT_EQ(made, 3U);
    EXPECT_EQ(last.status, 429U);
    EXPECT_EQ(ReasonOf(last), "RATE_LIMITED");
}

TEST_F(LightningAskingTest, AFloodOfKeysFillsNeitherTheNodeNorTheRelay)
{
    RelayProcess relay{NewDatabase(), Lightning({{"PAYMENT_LIGHTNING_OPEN_MAX", "4"}})};
    unsigned made = 0;
    for (int i = 0; i < 10; ++i) {
        made += Fetch(relay.port(), "/payments/invoice", {{"Content-Type", "application/json"}},
                      "POST", R"({"pubkey":")" + nostr::SecretKey::Generate().pubkey() + R"("})")
                    .status == 200;
    }
    EXPECT_EQ(made, 4U);
    lnd_.Command("advance_time", {{"seconds", 601}});
    EXPECT_TRUE(Becomes([&] {
        return Fetch(relay.port(), "/payments/invoice", {{"Content-Type", "application/json"}},
                     "POST", R"({"pubkey":")" + alice_.pubkey() + R"("})")
                   .status == 200;
    }));
}

TEST_F(LightningAskingTest, AMacaroonThatTheNodeRefusesIsAnOutage)
{
    const auto other = std::filesystem::path{lnd_.macaroon_file()}.replace_filename("other.hex");
    std::filesystem::copy_file(lnd_.certificate_file(), other);
    std::filesystem::permissions(other, std::filesystem::perms::owner_read);
    RelayProcess relay{NewDatabase(), Lightning({{"PAYMENT_LIGHTNING_MACAROON", "0202"}})};
    EXPECT_TRUE(relay.LogShows("LND_NOT_AUTHORIZED"));
    const auto answer =
        Fetch(relay.port(), "/payments/invoice", {{"Content-Type", "application/json"}}, "POST",
              R"({"pubkey":")" + alice_.pubkey() + R"("})");
    EXPECT_EQ(answer.status, 503U);
    EXPECT_THAT(answer.body, Not(HasSubstr("0202")));
}

TEST_F(LightningAskingTest, AFormLeadsToThePageOfTheInvoice)
{
    const auto answer =
        Send("pubkey=" + alice_.pubkey() + "&amount_sat=7", "application/x-www-form-urlencoded");
    ASSERT_EQ(answer.status, 303U) << answer.body;
    const auto page = Open(answer.headers.at("location"));
    EXPECT_EQ(page.status, 200U);
    EXPECT_THAT(page.body, HasSubstr("Waiting for 7 sat"));
    EXPECT_THAT(page.body, HasSubstr("href=\"lightning:lnbcrt70n1"));
    EXPECT_THAT(page.body, HasSubstr("Harbour &lt;of&gt; the North"));
    EXPECT_THAT(page.body, HasSubstr("http-equiv=\"refresh\""));
    const auto hash =
        answer.headers.at("location").substr(answer.headers.at("location").size() - 64);
    lnd_.Command("pay", {{"payment_hash", hash}});
    EXPECT_TRUE(Becomes([&] {
        return Open(answer.headers.at("location")).body.find("Paid: 7 sat") != std::string::npos;
    }));
}

TEST_F(LightningAskingTest, AFormThatIsWrongIsAnsweredByAPage)
{
    for (const auto* body : {"pubkey=", "pubkey=<script>", "amount_sat=5"}) {
        const auto answer = Send(body, "application/x-www-form-urlencoded");
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_THAT(answer.body, HasSubstr("role=\"alert\"")) << body;
        EXPECT_THAT(answer.body, Not(HasSubstr("<script>"))) << body;
    }
    const auto much = Send("pubkey=" + alice_.pubkey() + "&amount_sat=99999999999999999",
                           "application/x-www-form-urlencoded");
    EXPECT_EQ(much.status, 400U);
}

TEST_F(LightningAskingTest, ThePaymentsPageTellsHowToPayByLightning)
{
    const auto document = boost::json::parse(Fetch(relay_.port(), "/payments").body).as_object();
    EXPECT_EQ(document.at("unit"), "msats");
    const auto& lightning = document.at("lightning").as_object();
    EXPECT_EQ(lightning.at("invoice"), "/payments/invoice");
    EXPECT_EQ(lightning.at("min_msat"), 1'000);
    EXPECT_FALSE(document.contains("pay")) << "No claims are taken.";
    ASSERT_TRUE(Becomes([&] {
        const auto now = boost::json::parse(Fetch(relay_.port(), "/payments").body);
        return now.at("lightning").as_object().contains("node");
    }));
    const auto page = Open("/payments").body;
    EXPECT_THAT(page, HasSubstr("action=\"/payments/invoice\""));
    EXPECT_THAT(page, Not(HasSubstr("payment channel")));
}

}  // namespace
}  // namespace berth::relay::test
