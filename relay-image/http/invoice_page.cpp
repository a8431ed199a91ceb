#include "relay-image/http/invoice_page.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/http/qr_code.hpp"
#include "relay-image/http/shown_amount.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr int kReloadSeconds = 5;
constexpr auto kAsset = "btc";
constexpr std::int64_t kMsatsOfSat = 1000;

std::string StateText(const InvoiceView& invoice)
{
    switch (invoice.state) {
        case InvoiceState::kOpen: return "Waiting for " + Shown(invoice.amount, kAsset) + ".";
        case InvoiceState::kSettled:
            return "Paid: " + Shown(invoice.paid, kAsset) + ". It is in the balance.";
        case InvoiceState::kExpired: return "This invoice has expired; nothing was paid.";
    }
    return "";
}

/// `2027-01-31 23:59 UTC`.
std::string MinuteOf(std::int64_t unix_seconds)
{
    auto text = FormatTime(FromUnixSeconds(unix_seconds)).substr(0, 16);
    std::ranges::replace(text, 'T', ' ');
    return text + " UTC";
}

std::string HowToPay(const InvoiceView& invoice)
{
    const auto request = Escaped(invoice.request);
    return QrCodeSvg("lightning:" + invoice.request, "QR code of the invoice") +
           "<p><a href=\"lightning:" + request +
           "\">Open in a wallet</a></p>\n"
           "<p><label for=\"request\">Invoice</label><br>\n<textarea id=\"request\" rows=\"8\" "
           "readonly>" +
           request +
           "</textarea></p>\n<p><button type=\"button\" id=\"copy\" hidden>Copy</button></p>\n"
           "<p>It can be paid until " +
           MinuteOf(invoice.expires_at) + ", for the key <code>" + Escaped(invoice.pubkey) +
           "</code>.</p>\n";
}

constexpr auto kBack = "<p><a href=\"/payments\">Fees and balance</a></p>\n";

std::string Sats(money::Amount msats, money::Rounding rounding)
{
    return money::MulDiv(msats, 1, kMsatsOfSat, rounding).ToString();
}

}  // namespace

std::string InvoiceDocument(const InvoiceView& invoice)
{
    json::object document{{"payment_hash", invoice.payment_hash}, {"state", NameOf(invoice.state)}};
    if (!invoice.pubkey.empty()) document["pubkey"] = invoice.pubkey;
    if (!invoice.request.empty()) document["payment_request"] = invoice.request;
    if (invoice.amount > money::Amount{}) {
        document["amount_msat"] = invoice.amount.ToInt64().value_or(0);
    }
    if (invoice.state == InvoiceState::kSettled) {
        document["paid_msat"] = invoice.paid.ToInt64().value_or(0);
    }
    if (invoice.expires_at > 0) document["expires_at"] = invoice.expires_at;
    return json::serialize(document);
}

json::object LightningDocument(const Invoices& invoices)
{
    const auto& settings = invoices.settings();
    json::object document{{"invoice", "/payments/invoice"},
                          {"min_msat", settings.min_topup.ToInt64().value_or(0)},
                          {"max_msat", settings.max_topup.ToInt64().value_or(0)},
                          {"expiry", settings.expiry.count()},
                          {"state", NameOf(invoices.state())}};
    if (const auto terms = invoices.terms()) {
        document["node"] = terms->payee;
        document["network"] = terms->network;
    }
    return document;
}

HtmlPage InvoiceHtml(const std::string& relay_name, const InvoiceView& invoice)
{
    const bool is_open = invoice.state == InvoiceState::kOpen;
    HtmlPage page{.title = relay_name + ": invoice",
                  .body = "<h1>" + Escaped(relay_name) +
                          ": invoice</h1>\n<p id=\"state\" role=\"status\">" + StateText(invoice) +
                          "</p>\n" + (is_open ? HowToPay(invoice) : "") + kBack};
    if (is_open) {
        page.scripts = {"invoice.js"};
        page.refresh_seconds = kReloadSeconds;
    }
    return page;
}

HtmlPage InvoiceErrorHtml(const std::string& relay_name, const Error& error)
{
    return {.title = relay_name + ": no invoice",
            .body = "<h1>" + Escaped(relay_name) + ": no invoice</h1>\n<p role=\"alert\">" +
                    Escaped("There is no invoice: " + error.message) + ".</p>\n" + kBack};
}

std::string InvoiceForm(const InvoiceSettings& settings)
{
    return "<h2>Pay by Lightning</h2>\n"
           "<form id=\"invoice\" method=\"post\" action=\"/payments/invoice\">\n"
           "<p><label>Nostr public key <small>npub or hex</small><br>"
           "<input type=\"text\" name=\"pubkey\" required autocomplete=\"off\"></label></p>\n"
           "<p><label>Amount in sat <small>empty for what the key owes</small><br>"
           "<input type=\"number\" name=\"amount_sat\" min=\"" +
           Sats(settings.min_topup, money::Rounding::kCeil) + "\" max=\"" +
           Sats(settings.max_topup, money::Rounding::kFloor) +
           "\" autocomplete=\"off\"></label></p>\n"
           "<p><button>Make an invoice</button></p>\n</form>\n";
}

}  // namespace berth::relay
