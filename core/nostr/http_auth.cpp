#include "core/nostr/http_auth.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

constexpr int kHttpAuthKind = 27235;
constexpr std::int64_t kWindowSeconds = 60;
constexpr std::size_t kHeaderMax = 16 * 1024;
constexpr std::size_t kNonceBytes = 8;
constexpr std::string_view kScheme = "Nostr ";

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kUnauthenticated, std::move(reason), std::move(message));
}

/// True if the event has exactly one tag of that name, with that value.
bool SaysOnly(const Event& event, std::string_view name, std::string_view value)
{
    const auto named = [&](const Tag& tag) { return !tag.empty() && tag[0] == name; };
    return std::count_if(event.tags.begin(), event.tags.end(), named) == 1 &&
           event.TagValue(name) == value;
}

Result<Event> ReadHeader(std::string_view authorization)
{
    const auto malformed = Refused("AUTH_MALFORMED", "The header is not `Nostr <base64 event>`.");
    if (!authorization.starts_with(kScheme) || authorization.size() > kHeaderMax) return malformed;
    const auto json = FromBase64(authorization.substr(kScheme.size()));
    if (!json) return malformed;
    const auto event = ParseEvent(*json);
    if (!event) return Refused("AUTH_MALFORMED", event.error().message);
    return *event;
}

Result<void> CheckRequest(const Event& event, const HttpRequestToAuthorize& request, Time now)
{
    if (event.kind != kHttpAuthKind) {
        return Refused("AUTH_WRONG_KIND", "An HTTP authorisation is of kind 27235.");
    }
    const auto seconds = ToUnixSeconds(now);
    if (event.created_at < seconds - kWindowSeconds ||
        event.created_at > seconds + kWindowSeconds) {
        return Refused("AUTH_EXPIRED", "The authorisation is not of the last minute.");
    }
    if (!SaysOnly(event, "u", request.url)) {
        return Refused("AUTH_WRONG_URL", "The authorisation is for another address.");
    }
    if (!SaysOnly(event, "method", request.method)) {
        return Refused("AUTH_WRONG_METHOD", "The authorisation is for another method.");
    }
    const bool has_payload = event.TagValue("payload").has_value();
    if ((has_payload || !request.body.empty()) &&
        !SaysOnly(event, "payload", ToHex(Sha256(request.body)))) {
        return Refused("AUTH_WRONG_PAYLOAD", "The authorisation is for another body.");
    }
    return {};
}

}  // namespace

Result<Event> VerifyHttpAuth(std::string_view authorization, const HttpRequestToAuthorize& request,
                             Time now)
{
    const auto event = ReadHeader(authorization);
    if (!event) return event.error();
    if (const auto fits = CheckRequest(*event, request, now); !fits) return fits.error();
    if (const auto genuine = VerifyEvent(*event); !genuine) return genuine.error();
    return *event;
}

std::string MakeHttpAuth(const HttpRequestToAuthorize& request, const SecretKey& key, Time now)
{
    Event event;
    event.kind = kHttpAuthKind;
    event.created_at = ToUnixSeconds(now);
    event.tags = {
        {"u", request.url}, {"method", request.method}, {"nonce", ToHex(RandomBytes(kNonceBytes))}};
    if (!request.body.empty()) event.tags.push_back({"payload", ToHex(Sha256(request.body))});
    SignEvent(event, key);
    return std::string{kScheme} + ToBase64(ToJson(event));
}

}  // namespace berth::nostr
