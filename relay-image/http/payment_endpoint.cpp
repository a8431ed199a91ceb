#include "relay-image/http/payment_endpoint.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/governance/profile.hpp"
#include "relay-image/http/cors.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

const std::string kPath = "/payments";

Answer AsJson(std::string body)
{
    Answer answer{.type = "application/json", .body = std::move(body), .headers = kCorsHeaders};
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

Answer Refused(const Error& error)
{
    auto answer =
        AsJson(json::serialize(json::object{{"error", error.message}, {"reason", error.reason}}));
    answer.status = StatusOf(error.code);
    if (answer.status == http::status::unauthorized) {
        answer.headers.emplace_back("WWW-Authenticate", "Nostr");
    }
    return answer;
}

}  // namespace

PaymentEndpoint::PaymentEndpoint(asio::io_context& io, const SessionContext& sessions,
                                 Invoices* invoices)
    : sessions_{sessions}, invoices_{invoices}, proofs_{sessions}
{
    if (invoices) invoice_pages_.emplace(io, sessions, *invoices);
}

void PaymentEndpoint::AddTo(Routes& routes)
{
    routes.Add(Routes::Verb::get, kPath, [this](const HttpCall& call) -> asio::awaitable<Answer> {
        co_return Respond(call);
    });
    routes.Add(Routes::Verb::options, kPath, [](const HttpCall&) -> asio::awaitable<Answer> {
        co_return Answer{.status = http::status::no_content, .headers = kCorsHeaders};
    });
    if (invoice_pages_) invoice_pages_->AddTo(routes);
}

Answer PaymentEndpoint::Respond(const HttpCall& call)
{
    const bool proves = !call.Header(http::field::authorization).empty();
    if (!proves && call.Header(http::field::accept).find("text/html") != std::string_view::npos) {
        return Rendered(PaymentHtml(Page()));
    }
    if (!proves) return AsJson(PaymentDocument(Page(), {}));
    const auto pubkey = proofs_.Prove(call, kPath);
    if (!pubkey) return Refused(pubkey.error());
    return AsJson(PaymentDocument(Page(), ViewOf(*pubkey)));
}

PaymentPage PaymentEndpoint::Page() const
{
    const auto profile = CurrentProfile(sessions_.profile, sessions_.access);
    const auto& paywall = sessions_.paywall;
    return {.relay_name = profile.name,
            .owner = profile.pubkey,
            .fees = paywall.fees(),
            .terms = paywall.terms(),
            .verifier = paywall.figures().verifier,
            .invoices = invoices_};
}

AccountView PaymentEndpoint::ViewOf(const std::string& pubkey) const
{
    const auto& paywall = sessions_.paywall;
    return {.pubkey = pubkey, .account = paywall.Find(pubkey), .exempt = paywall.IsExempt(pubkey)};
}

}  // namespace berth::relay
