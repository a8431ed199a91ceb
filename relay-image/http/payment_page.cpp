#include "relay-image/http/payment_page.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/http/invoice_page.hpp"
#include "relay-image/http/shown_amount.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

std::string NameOf(const KindRange& range)
{
    if (range.first == 0 && range.last == 65535) return "all other kinds";
    const auto first = std::to_string(range.first);
    return range.first == range.last ? "kind " + first
                                     : "kinds " + first + " to " + std::to_string(range.last);
}

std::string_view CurrencyOf(const Fees& fees) { return fees.asset == "btc" ? "BTC" : "XRP"; }

json::object HowToPay(const PaymentPage& page)
{
    json::object pay{{"tag", json::array{"payment", "ilp", "<channel id>", "<amount in all>",
                                         "<nonce>", "<signature>", CurrencyOf(page.fees)}}};
    if (!page.terms) return pay;
    pay["rail"] = page.terms->rail;
    pay["network"] = page.terms->network;
    pay["payee"] = page.terms->payee;
    pay["destination_tag"] = page.terms->destination_tag;
    pay["min_settle_delay"] = page.terms->min_settle_delay;
    return pay;
}

json::object Balance(const AccountView& view, std::string_view asset)
{
    const auto& account = view.account;
    return {{"pubkey", view.pubkey},
            {"balance", account.balance.ToString()},
            {"shown", Shown(account.balance, asset)},
            {"received", account.received.ToString()},
            {"admitted", account.admitted},
            {"subscribed_until", account.subscribed_until},
            {"unsettled", account.unsettled.size()},
            {"exempt", view.exempt}};
}

std::string Row(std::string_view what, money::Amount amount, const Fees& fees,
                std::string_view when)
{
    return "<tr><th scope=\"row\">" + Escaped(what) + "</th><td>" + Shown(amount, fees.asset) +
           "</td><td>" + amount.ToString() + "</td><td>" + Escaped(when) + "</td></tr>\n";
}

/// `30 days`, or in hours or seconds what is no whole number of days.
std::string Period(std::chrono::seconds period)
{
    const auto times = [&](std::chrono::seconds unit, std::string_view name) {
        const auto count = period / unit;
        return std::to_string(count) + " " + std::string{name} + (count == 1 ? "" : "s");
    };
    if (period % 24h == 0s) return times(24h, "day");
    return period % 1h == 0s ? times(1h, "hour") : times(1s, "second");
}

std::string Steps(const PaymentPage& page)
{
    if (!page.fees.Any() || !page.TakesClaims()) return "";
    std::string channel = "Open a payment channel";
    if (page.terms && !page.terms->payee.empty()) {
        channel += " on " + Escaped(page.terms->network) + " to <code>" +
                   Escaped(page.terms->payee) + "</code>";
        if (!page.terms->destination_tag.empty()) {
            channel +=
                " with destination tag <code>" + Escaped(page.terms->destination_tag) + "</code>";
        }
        channel += " and a settle delay of at least " +
                   Period(std::chrono::seconds{page.terms->min_settle_delay});
    }
    return "<h2>How to pay</h2>\n<ol>\n<li>" + channel +
           ".</li>\n<li>Sign a claim over what you have paid by the channel in all, in " +
           std::string{page.fees.unit()} +
           ", and put it into an event, with a nonce that rises:<br><code>[\"payment\", \"ilp\", "
           "channel id, amount in all, nonce, signature, \"" +
           std::string{CurrencyOf(page.fees)} +
           "\"]</code></li>\n<li>Publish. What the claim grows by is your balance; "
           "later events use it.</li>\n</ol>\n";
}

/// What costs nothing, where other things do.
std::string FreeThings(const Fees& fees)
{
    if (!fees.Any()) return "";
    std::string kinds = "deletions and requests to vanish";
    for (const auto& range : fees.free_kinds) kinds += ", " + NameOf(range);
    return "<p>Members never pay. Free for everybody: " + kinds + ".</p>\n";
}

std::string Verifier(VerifierState state)
{
    if (state != VerifierState::kDown) return "";
    return "<p class=\"problem\" role=\"status\">Payments cannot be verified at the moment.</p>\n";
}

}  // namespace

std::string PaymentDocument(const PaymentPage& page, const std::optional<AccountView>& account)
{
    json::object document{{"relay", page.relay_name},
                          {"asset", page.fees.asset},
                          {"unit", page.fees.unit()},
                          {"fees", FeesDocument(page.fees)},
                          {"verifier", NameOf(page.verifier)}};
    if (!page.owner.empty()) document["owner"] = page.owner;
    if (page.fees.Any() && page.TakesClaims()) document["pay"] = HowToPay(page);
    if (page.invoices) document["lightning"] = LightningDocument(*page.invoices);
    if (account) document["account"] = Balance(*account, page.fees.asset);
    return json::serialize(document);
}

std::string FeeTable(const Fees& fees)
{
    std::string rows;
    if (fees.admission > money::Amount{}) rows += Row("Admission", fees.admission, fees, "once");
    if (fees.subscription > money::Amount{}) {
        rows += Row("Subscription", fees.subscription, fees, "every " + Period(fees.period));
    }
    for (const auto& price : fees.publication) {
        rows += Row(NameOf(price.kinds), price.amount, fees, "each event");
    }
    if (rows.empty()) return "<p>Publishing here is free.</p>\n";
    return "<table id=\"fees\"><caption>What publishing costs</caption><thead><tr>"
           "<th scope=\"col\">For</th><th scope=\"col\">Fee</th><th scope=\"col\">In " +
           std::string{fees.unit()} + "</th><th scope=\"col\">When</th></tr></thead><tbody>\n" +
           rows + "</tbody></table>\n";
}

HtmlPage PaymentHtml(const PaymentPage& page)
{
    return {.title = page.relay_name + ": payments",
            .body = "<h1>" + Escaped(page.relay_name) + ": payments</h1>\n" +
                    Verifier(page.verifier) + FeeTable(page.fees) + FreeThings(page.fees) +
                    Steps(page) + (page.invoices ? InvoiceForm(page.invoices->settings()) : "") +
                    "<h2>Your balance</h2>\n<p id=\"balance\" role=\"status\">It is shown to who "
                    "proves his key by a browser extension (NIP-07), or by NIP-98 to whatever asks "
                    "for this page as JSON.</p>\n"
                    "<p><button type=\"button\" id=\"ask\" hidden>Show my balance</button></p>\n"
                    "<p><a href=\"/\">About this relay</a></p>\n",
            .scripts = {"payments.js"}};
}

}  // namespace berth::relay
