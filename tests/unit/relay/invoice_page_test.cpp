#include "relay-image/http/invoice_page.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace berth::relay {
namespace {

using testing::HasSubstr;
using testing::Not;

InvoiceView Open()
{
    return {.payment_hash = "aa",
            .pubkey = "bb",
            .request = "lnbc210n1xyz",
            .amount = 21'500,
            .expires_at = 1'700'000'000};
}

TEST(InvoicePageTest, TellsProgramsWhatIsKnown)
{
    const auto document = boost::json::parse(InvoiceDocument(Open()));
    EXPECT_EQ(document.at("state"), "open");
    EXPECT_EQ(document.at("payment_hash"), "aa");
    EXPECT_EQ(document.at("payment_request"), "lnbc210n1xyz");
    EXPECT_EQ(document.at("amount_msat"), 21'500);
    EXPECT_EQ(document.at("expires_at"), 1'700'000'000);
    EXPECT_FALSE(document.as_object().contains("paid_msat"));
    const auto expired = boost::json::parse(
        InvoiceDocument({.payment_hash = "aa", .pubkey = {}, .state = InvoiceState::kExpired}));
    EXPECT_EQ(expired.at("state"), "expired");
    EXPECT_EQ(expired.as_object().size(), 2U);
}

TEST(InvoicePageTest, AnOpenInvoiceCanBeCopiedAndOpenedAndIsKeptFresh)
{
    const auto page = InvoiceHtml("<Tom>", Open());
    EXPECT_THAT(page.body, HasSubstr("&lt;Tom&gt;: invoice"));
    EXPECT_THAT(page.body, HasSubstr("Waiting for 21.5 sat."));
    EXPECT_THAT(page.body, HasSubstr("href=\"lightning:lnbc210n1xyz\""));
    EXPECT_THAT(page.body, HasSubstr("readonly>lnbc210n1xyz</textarea>"));
    EXPECT_THAT(page.body, HasSubstr("until 2023-11-14 22:13 UTC, for"));
    EXPECT_EQ(page.scripts, std::vector<std::string>{"invoice.js"});
    EXPECT_GT(page.refresh_seconds, 0);
}

TEST(InvoicePageTest, AnInvoiceThatIsTooLongForAQrCodeIsShownWithoutOne)
{
    auto invoice = Open();
    EXPECT_THAT(InvoiceHtml("Tom", invoice).body, HasSubstr("<svg class=\"qr\""));
    invoice.request.append(5000, 'x');
    const auto page = InvoiceHtml("Tom", invoice);
    EXPECT_THAT(page.body, Not(HasSubstr("<svg")));
    EXPECT_THAT(page.body, HasSubstr(invoice.request + "</textarea>"));
}

TEST(InvoicePageTest, AnInvoiceAtItsEndStaysAsItIs)
{
    auto invoice = Open();
    invoice.state = InvoiceState::kSettled;
    invoice.paid = 22'000;
    const auto page = InvoiceHtml("Tom", invoice);
    EXPECT_THAT(page.body, HasSubstr("Paid: 22 sat."));
    EXPECT_THAT(page.body, Not(HasSubstr("lightning:")));
    EXPECT_EQ(page.refresh_seconds, 0);
    EXPECT_TRUE(page.scripts.empty());
}

TEST(InvoicePageTest, AnErrorIsTextOnThePage)
{
    const auto page =
        InvoiceErrorHtml("Tom", Fail(ErrorCode::kInvalid, "BAD", "<script> is no amount"));
    EXPECT_THAT(page.body, HasSubstr("There is no invoice: &lt;script&gt; is no amount."));
}

TEST(InvoicePageTest, TheFormAsksForWholeSatWithinTheLimits)
{
    const auto form = InvoiceForm({.min_topup = 1'001, .max_topup = 9'999});
    EXPECT_THAT(form, HasSubstr("min=\"2\" max=\"9\""));
}

}  // namespace
}  // namespace berth::relay
