#include "relay-image/payment/lnd_answer.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/payment/lnd_node.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

InvoiceToMake Invoice()
{
    return {
        .preimage = Secret{std::string(32, '\x01')}, .amount = 21'000, .memo = "m", .expiry = 60s};
}

const std::string kHash = Invoice().PaymentHash();
const std::string kHash64 = ToBase64(*FromHex(kHash));

probe::HttpResponse Ok(std::string body)
{
    return {.status = 200, .headers = {}, .body = std::move(body)};
}

probe::HttpResponse Refused(int status, std::string body)
{
    return {.status = status, .headers = {}, .body = std::move(body)};
}

Error MeaningOf(const std::string& message, int code = 2)
{
    return LndRefusal(Refused(500, R"({"code":)" + std::to_string(code) + R"(,"message":")" +
                                       message + R"(","details":[]})"));
}

std::string Told(const std::string& state, const std::string& paid = R"("0")")
{
    return R"({"r_hash":")" + kHash64 + R"(","state":")" + state + R"(","value_msat":"21000",)" +
           R"("amt_paid_msat":)" + paid + R"(,"payment_request":"lnbcrt210n1xyz","htlcs":[]})";
}

TEST(LndAnswerTest, TheHashIsThatOfThePreimage)
{
    EXPECT_EQ(kHash, "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793");
}

TEST(LndAnswerTest, AsksWithBytesInBase64AndNumbersAsText)
{
    const auto request = boost::json::parse(LndInvoiceRequest(Invoice(), true));
    EXPECT_EQ(request.at("r_preimage").as_string().c_str(), ToBase64(std::string(32, '\x01')));
    EXPECT_EQ(request.at("value_msat"), "21000");
    EXPECT_EQ(request.at("expiry"), "60");
    EXPECT_EQ(request.at("private"), true);
}

TEST(LndAnswerTest, ReadsTheInvoiceThatWasMade)
{
    const auto made = ReadLndAddInvoice(
        Ok(R"({"r_hash":")" + kHash64 + R"(","payment_request":"lnbcrt210n1xyz"})"), kHash);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(*made, "lnbcrt210n1xyz");
}

TEST(LndAnswerTest, AnAnswerThatIsNoneLeavesItUnknownWhetherAnInvoiceWasMade)
{
    const std::vector<std::string> bodies{
        "",
        "{",
        "[]",
        R"({"r_hash":"AAAA","payment_request":"lnbcrt1"})",
        R"({"r_hash":")" + kHash64 + R"("})",
        R"({"r_hash":")" + kHash64 + R"(","payment_request":"lnbc\"><script>"})",
        R"({"r_hash":")" + kHash64 + R"(","payment_request":"javascript"})"};
    for (const auto& body : bodies) {
        const auto made = ReadLndAddInvoice(Ok(body), kHash);
        ASSERT_FALSE(made) << body;
        EXPECT_EQ(made.error().code, ErrorCode::kUnknown) << body;
    }
}

TEST(LndAnswerTest, ReadsEveryStateOfAnInvoice)
{
    const auto state = [](const std::string& name) {
        return ReadLndInvoice(Ok(Told(name)), kHash)->state;
    };
    EXPECT_EQ(state("OPEN"), NodeInvoiceState::kOpen);
    EXPECT_EQ(state("ACCEPTED"), NodeInvoiceState::kAccepted);
    EXPECT_EQ(state("SETTLED"), NodeInvoiceState::kSettled);
    EXPECT_EQ(state("CANCELED"), NodeInvoiceState::kCanceled);
}

TEST(LndAnswerTest, ReadsWhatWasPaid)
{
    const auto invoice = ReadLndInvoice(Ok(Told("SETTLED", R"("21001")")), kHash);
    ASSERT_TRUE(invoice);
    EXPECT_EQ(invoice->amount, money::Amount{21'000});
    EXPECT_EQ(invoice->paid, money::Amount{21'001});
    EXPECT_EQ(invoice->request, "lnbcrt210n1xyz");
}

TEST(LndAnswerTest, NothingIsPaidByAnAnswerThatIsNone)
{
    for (const auto& body :
         {Told("PAID"), Told("SETTLED", "21000"), Told("SETTLED", R"("-1")"),
          Told("SETTLED", R"("1e9")"), Told("SETTLED", R"("9223372036854775808")"),
          std::string{R"({"state":"SETTLED","value_msat":"1","amt_paid_msat":"1"})"}}) {
        const auto invoice = ReadLndInvoice(Ok(body), kHash);
        ASSERT_FALSE(invoice) << body;
        EXPECT_EQ(invoice.error().reason, "BAD_LND_ANSWER");
    }
    EXPECT_FALSE(ReadLndInvoice(Ok(Told("SETTLED")), std::string(64, 'a')));
}

TEST(LndAnswerTest, KnowsWhatLndMeans)
{
    EXPECT_EQ(MeaningOf("unable to locate invoice", 5).code, ErrorCode::kNotFound);
    EXPECT_EQ(MeaningOf("there are no existing invoices").code, ErrorCode::kNotFound);
    EXPECT_EQ(MeaningOf("invoice with payment hash already exists").code, ErrorCode::kConflict);
    EXPECT_EQ(MeaningOf("expected 1 macaroon, got 0").reason, "LND_NOT_AUTHORIZED");
    EXPECT_EQ(MeaningOf("permission denied", 7).reason, "LND_NOT_AUTHORIZED");
    EXPECT_EQ(MeaningOf("memo too large").code, ErrorCode::kUnavailable);
    EXPECT_EQ(MeaningOf("wallet locked, unlock it").reason, "LND_REFUSED");
    EXPECT_EQ(MeaningOf("context deadline exceeded", 4).code, ErrorCode::kUnknown);
    EXPECT_EQ(LndRefusal(Refused(502, "<html>Bad gateway</html>")).code, ErrorCode::kUnknown);
}

TEST(LndAnswerTest, APathThatIsNotServedYetIsNoMissingInvoice)
{
    EXPECT_NE(MeaningOf("Not Found", 5).code, ErrorCode::kNotFound);
}

TEST(LndAnswerTest, ReadsWhoTheNodeIs)
{
    const auto node = ReadLndInformation(
        Ok(R"({"identity_pubkey":")" + std::string(66, '0') +
           R"(","synced_to_chain":true,"chains":[{"chain":"bitcoin","network":"testnet"}]})"));
    ASSERT_TRUE(node) << node.error().message;
    EXPECT_EQ(node->network, "testnet");
    EXPECT_TRUE(node->is_synced);
    EXPECT_FALSE(ReadLndInformation(Ok("{}")));
}

TEST(LndNodeTest, IsReachedOverTlsWithAMacaroonOnly)
{
    const auto reason = [](std::string url, std::string macaroon) {
        const auto node = LndNode::Make(
            {.url = std::move(url), .macaroon = Secret{std::move(macaroon)}, .ca_file = ""});
        return node ? "" : node.error().reason;
    };
    EXPECT_EQ(reason("https://127.0.0.1:8080/", "0201"), "");
    EXPECT_EQ(reason("http://127.0.0.1:8080", "0201"), "BAD_URL");
    EXPECT_EQ(reason("127.0.0.1:8080", "0201"), "BAD_URL");
    EXPECT_EQ(reason("https://127.0.0.1:8080", ""), "BAD_MACAROON");
    EXPECT_EQ(reason("https://127.0.0.1:8080", "binary"), "BAD_MACAROON");
}

}  // namespace
}  // namespace berth::relay
