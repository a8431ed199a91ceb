#include "relay-image/governance/announcement.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

namespace berth::relay {
namespace {

namespace json = boost::json;

std::string Lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    });
    return text;
}

std::string NetworkOf(const std::string& url)
{
    const auto scheme = url.find("://");
    const auto host = url.substr(scheme + 3, url.find_first_of(":/", scheme + 3) - scheme - 3);
    if (host.ends_with(".onion")) return "tor";
    if (host.ends_with(".i2p")) return "i2p";
    return host.ends_with(".loki") ? "loki" : "clearnet";
}

/// `auth`, or `!auth` where it is not asked for.
nostr::Tag Requirement(const std::string& name, bool holds)
{
    return {"R", (holds ? "" : "!") + name};
}

}  // namespace

std::string NormalizedUrl(std::string_view url)
{
    const auto scheme_end = std::min(url.find("://"), url.size());
    const auto scheme = Lower(std::string{url.substr(0, scheme_end)});
    const auto rest = url.substr(std::min(scheme_end + 3, url.size()));
    const auto path_at = std::min(rest.find('/'), rest.size());
    auto host = Lower(std::string{rest.substr(0, path_at)});
    const std::string implied = scheme == "wss" ? ":443" : ":80";
    if (host.ends_with(implied)) host.resize(host.size() - implied.size());
    const auto path = rest.substr(path_at);
    return scheme + "://" + host + (path.empty() ? "/" : std::string{path});
}

nostr::Event Announcement(const std::string& url, const std::string& information,
                          const nostr::SecretKey& self, std::int64_t now)
{
    const auto document = json::parse(information);
    const auto& limitation = document.at("limitation");
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = now,
                       .kind = kAnnouncementKind,
                       .tags = {{"d", NormalizedUrl(url)}, {"n", NetworkOf(NormalizedUrl(url))}},
                       .content = information,
                       .sig = {}};
    for (const auto& nip : document.at("supported_nips").as_array()) {
        event.tags.push_back({"N", std::to_string(nip.as_int64())});
    }
    event.tags.push_back(Requirement("auth", limitation.at("auth_required").as_bool()));
    event.tags.push_back(Requirement("writes", limitation.at("restricted_writes").as_bool()));
    event.tags.push_back(Requirement("payment", limitation.at("payment_required").as_bool()));
    event.tags.push_back(Requirement("pow", limitation.at("min_pow_difficulty").as_int64() > 0));
    nostr::SignEvent(event, self);
    return event;
}

}  // namespace berth::relay
