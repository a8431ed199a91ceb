#include "relay-image/protocol/vanishing.hpp"

#include <algorithm>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr auto kAllRelays = "ALL_RELAYS";

/// Host in lower case, port and path of `wss://host:port/path/`.
std::string PlaceOf(std::string_view url)
{
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    if (url.ends_with('/')) url.remove_suffix(1);
    std::string place{url};
    const auto host_end =
        place.begin() + static_cast<std::ptrdiff_t>(std::min(place.find('/'), place.size()));
    std::transform(place.begin(), host_end, place.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return place;
}

}  // namespace

std::string WhyNotVanish(const nostr::Event& event, std::string_view relay_url)
{
    if (event.kind != kVanishKind) return {};
    bool names_any = false;
    for (const auto& tag : event.tags) {
        if (tag.size() < 2 || tag[0] != "relay") continue;
        if (tag[1] == kAllRelays || PlaceOf(tag[1]) == PlaceOf(relay_url)) return {};
        names_any = true;
    }
    return names_any ? "blocked: this request to vanish is for other relays"
                     : "invalid: a request to vanish names a relay or ALL_RELAYS";
}

}  // namespace berth::relay
