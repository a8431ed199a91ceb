#include "relay-image/payment/payment_page.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace berth::relay {
namespace {

namespace json = boost::json;

std::string Escaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

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

json::object Balance(const AccountView& view)
{
    const auto& account = view.account;
    return {{"pubkey", view.pubkey},
            {"balance", account.balance.ToString()},
            {"received", account.received.ToString()},
            {"admitted", account.admitted},
            {"subscribed_until", account.subscribed_until},
            {"unsettled", account.unsettled.size()},
            {"exempt", view.exempt}};
}

std::string Row(std::string_view what, money::Amount amount, std::string_view unit,
                std::string_view when)
{
    return "<tr><th scope=\"row\">" + Escaped(what) + "</th><td>" + amount.ToString() + " " +
           std::string{unit} + "</td><td>" + Escaped(when) + "</td></tr>\n";
}

std::string FeeTable(const Fees& fees)
{
    std::string rows;
    const auto unit = fees.unit();
    if (fees.admission > money::Amount{}) rows += Row("Admission", fees.admission, unit, "once");
    if (fees.subscription > money::Amount{}) {
        rows += Row("Subscription", fees.subscription, unit,
                    "every " + std::to_string(fees.period.count()) + " seconds");
    }
    for (const auto& price : fees.publication) {
        rows += Row(NameOf(price.kinds), price.amount, unit, "each event");
    }
    if (rows.empty()) return "<p>Publishing here is free.</p>\n";
    return "<table><caption>What publishing costs</caption>\n<thead><tr><th scope=\"col\">For</th>"
           "<th scope=\"col\">Fee</th><th scope=\"col\">When</th></tr></thead>\n<tbody>\n" +
           rows + "</tbody></table>\n";
}

std::string Steps(const PaymentPage& page)
{
    if (!page.fees.Any()) return "";
    std::string channel = "Open a payment channel";
    if (page.terms && !page.terms->payee.empty()) {
        channel += " on " + Escaped(page.terms->network) + " to <code>" +
                   Escaped(page.terms->payee) + "</code>";
        if (!page.terms->destination_tag.empty()) {
            channel +=
                " with destination tag <code>" + Escaped(page.terms->destination_tag) + "</code>";
        }
        channel += " and a settle delay of at least " +
                   std::to_string(page.terms->min_settle_delay) + " seconds";
    }
    return "<h2>How to pay</h2>\n<ol>\n<li>" + channel +
           ".</li>\n<li>Sign a claim over what you have paid in all, and put it into an event:"
           "<br><code>[\"payment\", \"ilp\", channel id, amount in all, nonce, signature, \"" +
           std::string{CurrencyOf(page.fees)} +
           "\"]</code></li>\n<li>Publish. What the claim grows by is your balance; "
           "later events use it.</li>\n</ol>\n";
}

std::string Verifier(VerifierState state)
{
    if (state != VerifierState::kDown) return "";
    return "<p role=\"status\">Payments cannot be verified at the moment.</p>\n";
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
    if (page.fees.Any()) document["pay"] = HowToPay(page);
    if (account) document["account"] = Balance(*account);
    return json::serialize(document);
}

std::string PaymentHtml(const PaymentPage& page)
{
    const auto name = Escaped(page.relay_name);
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
           name + ": payments</title>\n<link rel=\"stylesheet\" href=\"/payments/style.css\">\n" +
           "<script src=\"/payments/balance.js\" defer></script>\n</head>\n<body>\n<main>\n<h1>" +
           name + "</h1>\n" + Verifier(page.verifier) + FeeTable(page.fees) + Steps(page) +
           "<h2>Your balance</h2>\n"
           "<p><button type=\"button\" id=\"ask\" disabled>Show my balance</button></p>\n"
           "<p id=\"balance\" role=\"status\" data-unit=\"" +
           std::string{page.fees.unit()} +
           "\">It is shown to whoever proves his key with a Nostr signer in the browser.</p>\n"
           "</main>\n</body>\n</html>\n";
}

std::string_view PaymentStyle()
{
    return R"css(:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 42rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0.5rem 0; }
th, td { text-align: left; padding: 0.375rem 0.5rem; border-bottom: 1px solid #8886; }
code { overflow-wrap: anywhere; }
button { font: inherit; padding: 0.375rem 0.75rem; }
)css";
}

std::string_view PaymentScript()
{
    return R"js('use strict';
const button = document.getElementById('ask');
const place = document.getElementById('balance');

async function show() {
  const url = new URL('/payments', location.href).href;
  const event = await window.nostr.signEvent({
    kind: 27235,
    created_at: Math.floor(Date.now() / 1000),
    tags: [['u', url], ['method', 'GET']],
    content: '',
  });
  const answer = await fetch('/payments', {
    headers: { Accept: 'application/json', Authorization: 'Nostr ' + btoa(JSON.stringify(event)) },
  });
  const { account, error } = await answer.json();
  if (!account) throw new Error(error);
  if (account.exempt) return 'You publish here without paying.';
  return `Your balance is ${account.balance} ${place.dataset.unit}.`;
}

button.disabled = false;
button.addEventListener('click', () => {
  if (!window.nostr) {
    place.textContent = 'There is no Nostr signer in this browser.';
    return;
  }
  show().then(
    (text) => { place.textContent = text; },
    (error) => { place.textContent = `The balance was not shown: ${error.message}`; },
  );
});
)js";
}

}  // namespace berth::relay
