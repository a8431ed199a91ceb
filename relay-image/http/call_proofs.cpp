#include "relay-image/http/call_proofs.hpp"

#include "core/nostr/http_auth.hpp"

namespace berth::relay {
namespace {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr auto kAuthWindow = 120s;
constexpr std::size_t kMaxSeen = 100'000;

/// The addresses that mean a path of this relay; its root also without the slash.
std::vector<std::string> AddressesOf(const RelayProfile& profile, std::string_view host,
                                     std::string_view path)
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
        auto address = scheme + "://" + place;
        if (path == "/") addresses.push_back(address);
        addresses.push_back(address.append(path));
    }
    return addresses;
}

}  // namespace

CallProofs::CallProofs(const SessionContext& sessions)
    : sessions_{sessions}, seen_{kAuthWindow, kMaxSeen}
{
}

Result<std::string> CallProofs::Prove(const HttpCall& call, std::string_view path)
{
    const auto now = sessions_.clock.Now();
    const std::string method{http::to_string(call.request.method())};
    Result<nostr::Event> event = Fail(ErrorCode::kUnauthenticated, "AUTH_WRONG_URL", "");
    for (const auto& url : AddressesOf(sessions_.profile, call.Header(http::field::host), path)) {
        event =
            nostr::VerifyHttpAuth(call.Header(http::field::authorization),
                                  {.url = url, .method = method, .body = call.request.body()}, now);
        if (event || event.error().reason != "AUTH_WRONG_URL") break;
    }
    if (!event) return event.error();
    if (const auto fresh = seen_.Admit(event->id, now); !fresh) return fresh.error();
    return event->pubkey;
}

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

}  // namespace berth::relay
