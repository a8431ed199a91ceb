#include "core/nostr/relay_auth.hpp"

#include <algorithm>

#include "core/base/lower_case.hpp"

namespace berth::nostr {
namespace {

constexpr int kRelayAuthKind = 22242;
constexpr std::int64_t kWindowSeconds = 600;

Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kUnauthenticated, std::move(reason), std::move(message));
}

/// The address with scheme and host in lower case and without a trailing slash.
std::string Normalized(std::string_view url)
{
    if (url.ends_with('/')) url.remove_suffix(1);
    const auto scheme = url.find("://");
    const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const auto end = std::min(url.find('/', host), url.size());
    return LowerCase(std::string{url.substr(0, end)}).append(url.substr(end));
}

}  // namespace

Result<void> VerifyRelayAuth(const Event& event, std::string_view relay_url,
                             std::string_view challenge, Time now)
{
    if (event.kind != kRelayAuthKind) {
        return Refused("AUTH_WRONG_KIND", "A relay authorisation is of kind 22242.");
    }
    const auto seconds = ToUnixSeconds(now);
    if (event.created_at < seconds - kWindowSeconds ||
        event.created_at > seconds + kWindowSeconds) {
        return Refused("AUTH_EXPIRED", "The authorisation is not of the last ten minutes.");
    }
    const auto relay = event.TagValue("relay");
    if (!relay || Normalized(*relay) != Normalized(relay_url)) {
        return Refused("AUTH_WRONG_RELAY", "The authorisation is for another relay.");
    }
    if (event.TagValue("challenge") != challenge) {
        return Refused("AUTH_WRONG_CHALLENGE", "The authorisation answers another challenge.");
    }
    return VerifyEvent(event);
}

Event MakeRelayAuth(std::string_view relay_url, std::string_view challenge, const SecretKey& key,
                    Time now)
{
    Event event;
    event.kind = kRelayAuthKind;
    event.created_at = ToUnixSeconds(now);
    event.tags = {{"relay", std::string{relay_url}}, {"challenge", std::string{challenge}}};
    SignEvent(event, key);
    return event;
}

}  // namespace berth::nostr
