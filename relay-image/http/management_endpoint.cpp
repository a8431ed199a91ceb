#include "relay-image/http/management_endpoint.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/nostr/http_auth.hpp"
#include "relay-image/governance/management.hpp"
#include "relay-image/http/ask_governor.hpp"
#include "relay-image/http/cors.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kCallType = "application/nostr+json+rpc";
constexpr auto kAuthWindow = 120s;
constexpr std::size_t kMaxSeen = 100'000;

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

/// The addresses that mean this relay's path: clients write it as a WebSocket's or as HTTP's, with
/// or without the slash.
std::vector<std::string> AddressesOf(const RelayProfile& profile, std::string_view host)
{
    std::vector<std::string> schemes{"wss", "https", "ws", "http"};
    auto place = std::string{host};
    if (!profile.url.empty()) {
        const auto end = profile.url.find("://");
        const bool secure = profile.url.starts_with("wss") || profile.url.starts_with("https");
        schemes = secure ? std::vector<std::string>{"wss", "https"}
                         : std::vector<std::string>{"ws", "http"};
        place = profile.url.substr(end == std::string::npos ? 0 : end + 3);
        while (place.ends_with('/')) place.pop_back();
    }
    std::vector<std::string> addresses;
    for (const auto& scheme : schemes) {
        addresses.push_back(scheme + "://" + place);
        addresses.push_back(addresses.back() + "/");
    }
    return addresses;
}

}  // namespace

http::status StatusOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::kInvalid: return http::status::bad_request;
        case ErrorCode::kUnauthenticated: return http::status::unauthorized;
        case ErrorCode::kForbidden: return http::status::forbidden;
        case ErrorCode::kNotFound: return http::status::not_found;
        case ErrorCode::kConflict:
        case ErrorCode::kAborted:
        case ErrorCode::kPrecondition: return http::status::conflict;
        case ErrorCode::kExhausted: return http::status::too_many_requests;
        case ErrorCode::kUnavailable: return http::status::service_unavailable;
        case ErrorCode::kTimeout: return http::status::gateway_timeout;
        case ErrorCode::kUnimplemented: return http::status::not_implemented;
        case ErrorCode::kUnknown:
        case ErrorCode::kInternal: return http::status::internal_server_error;
    }
    return http::status::internal_server_error;
}

ManagementEndpoint::ManagementEndpoint(asio::io_context& io, const SessionContext& sessions,
                                       Governor& governor)
    : io_{io}, sessions_{sessions}, governor_{governor}, seen_{kAuthWindow, kMaxSeen}
{
}

void ManagementEndpoint::AddTo(Routes& routes)
{
    routes.Add(Routes::Verb::post, "/", [this](const HttpCall& call) { return Respond(call); });
}

Result<std::string> ManagementEndpoint::Authenticate(const HttpCall& call)
{
    const auto now = sessions_.clock.Now();
    Result<nostr::Event> event = Fail(ErrorCode::kUnauthenticated, "AUTH_WRONG_URL", "");
    for (const auto& url : AddressesOf(sessions_.profile, call.Header(http::field::host))) {
        event =
            nostr::VerifyHttpAuth(call.Header(http::field::authorization),
                                  {.url = url, .method = "POST", .body = call.request.body()}, now);
        if (event || event.error().reason != "AUTH_WRONG_URL") break;
    }
    if (!event) return event.error();
    if (const auto fresh = seen_.Admit(event->id, now); !fresh) return fresh.error();
    return event->pubkey;
}

asio::awaitable<Answer> ManagementEndpoint::Respond(const HttpCall& call)
{
    if (!call.Header(http::field::content_type).starts_with(kCallType)) {
        co_return Answer{.status = http::status::unsupported_media_type,
                         .body = "A call is of type application/nostr+json+rpc.\n",
                         .headers = kCorsHeaders};
    }
    const auto pubkey = Authenticate(call);
    if (!pubkey) co_return AnswerOf(pubkey.error());
    auto parsed = ParseManagementCall(call.request.body());
    if (!parsed) co_return AnswerOf(parsed.error());
    if (!sessions_.access.HasPowers(*pubkey)) co_return AnswerToStranger(parsed->method);
    Actor actor{.pubkey = *pubkey, .via = "nip86", .is_owner = sessions_.access.IsOwner(*pubkey)};
    auto act = ActOf(std::move(*parsed));
    co_return AnswerOf(co_await AskGovernor(io_, governor_, std::move(actor), std::move(act)));
}

}  // namespace berth::relay
