#include "relay-image/http/management_endpoint.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/governance/management.hpp"
#include "relay-image/http/ask_governor.hpp"
#include "relay-image/http/cors.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

constexpr std::string_view kCallType = "application/nostr+json+rpc";

Answer AnswerOf(const Result<json::value>& result)
{
    Answer answer{.type = "application/json", .headers = kCorsHeaders};
    answer.headers.emplace_back("Cache-Control", "no-store");
    if (result) {
        answer.body = json::serialize(json::object{{"result", *result}});
        return answer;
    }
    const auto& error = result.error();
    answer.status = StatusOf(error.code);
    answer.body = json::serialize(
        json::object{{"result", nullptr}, {"error", error.message}, {"reason", error.reason}});
    if (answer.status == http::status::unauthorized) {
        answer.headers.emplace_back("WWW-Authenticate", "Nostr");
    }
    return answer;
}

/// Who may call nothing is answered without the governor, so that strangers cannot keep it busy.
Answer AnswerToStranger(const std::string& method)
{
    if (method == "supportedmethods") return AnswerOf(json::value(json::array{}));
    return AnswerOf(
        Fail(ErrorCode::kForbidden, "METHOD_NOT_ALLOWED", "This key may not call " + method + "."));
}

}  // namespace

ManagementEndpoint::ManagementEndpoint(asio::io_context& io, const SessionContext& sessions,
                                       Governor& governor)
    : io_{io}, sessions_{sessions}, governor_{governor}, proofs_{sessions}
{
}

void ManagementEndpoint::AddTo(Routes& routes)
{
    routes.Add(Routes::Verb::post, "/", [this](const HttpCall& call) { return Respond(call); });
}

asio::awaitable<Answer> ManagementEndpoint::Respond(const HttpCall& call)
{
    if (!call.Header(http::field::content_type).starts_with(kCallType)) {
        co_return Answer{.status = http::status::unsupported_media_type,
                         .body = "A call is of type application/nostr+json+rpc.\n",
                         .headers = kCorsHeaders};
    }
    const auto pubkey = proofs_.Prove(call, "/");
    if (!pubkey) co_return AnswerOf(pubkey.error());
    auto parsed = ParseManagementCall(call.request.body());
    if (!parsed) co_return AnswerOf(parsed.error());
    if (!sessions_.access.HasPowers(*pubkey)) co_return AnswerToStranger(parsed->method);
    Actor actor{.pubkey = *pubkey, .via = "nip86", .is_owner = sessions_.access.IsOwner(*pubkey)};
    auto act = ActOf(std::move(*parsed));
    co_return AnswerOf(co_await AskGovernor(io_, governor_, std::move(actor), std::move(act)));
}

}  // namespace berth::relay
