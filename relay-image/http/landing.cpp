#include "relay-image/http/landing.hpp"

#include <boost/json/parse.hpp>

#include "relay-image/http/payment_page.hpp"

namespace berth::relay {
namespace {

std::string Paragraph(std::string_view text)
{
    return text.empty() ? "" : "<p class=\"about\">" + Escaped(text) + "</p>\n";
}

bool IsHttps(std::string_view address) { return address.starts_with("https://"); }

std::string Picture(std::string_view role, std::string_view address)
{
    if (!IsHttps(address)) return "";
    return "<img class=\"" + std::string{role} + "\" src=\"" + Escaped(address) + "\" alt=\"\">\n";
}

std::string Contact(const RelayProfile& profile)
{
    if (profile.contact.empty()) return "";
    const auto shown = Escaped(profile.contact);
    const bool links = IsHttps(profile.contact) || profile.contact.starts_with("mailto:");
    return "<p>Contact: " + (links ? "<a href=\"" + shown + "\">" + shown + "</a>" : shown) +
           "</p>\n";
}

/// Where members are all who publish, how to become one; the form needs a script and shows itself.
std::string Join(const RelayProfile& profile, const std::string& address)
{
    if (!profile.restricted_writes) return "";
    return "<h2>Join</h2>\n<p>With an invite code you become a member: give it to a client that "
           "knows NIP-43, or join here by a browser extension that holds your key.</p>\n"
           "<form id=\"join\" data-relay=\"" +
           Escaped(address) +
           "\" hidden><label>Invite code<br><input type=\"text\" name=\"code\" required "
           "autocomplete=\"off\"></label><button>Join</button></form>\n"
           "<p id=\"join-status\" role=\"status\"></p>\n";
}

std::string Prices(const Fees& fees)
{
    if (!fees.Any()) return "";
    return "<h2>Fees</h2>\n" + FeeTable(fees) +
           "<p><a href=\"/payments\">How to pay, and your balance</a></p>\n";
}

std::string_view WhoPublishes(const RelayProfile& profile, const Fees& fees)
{
    if (profile.restricted_writes) return "Only members may publish.";
    return fees.Any() ? "Members may publish, and who pays the fees." : "Anybody may publish.";
}

std::string Terms(const RelayProfile& profile)
{
    if (!IsHttps(profile.terms_of_service)) return "";
    return "<p><a href=\"" + Escaped(profile.terms_of_service) + "\">Terms of service</a></p>\n";
}

std::string Rules(const RelayProfile& profile, std::string_view policy, const Fees& fees)
{
    std::string rules;
    const auto add = [&](std::string_view rule) { rules += "<li>" + Escaped(rule) + "</li>\n"; };
    add(profile.auth_required ? "Reading and writing need a client that authenticates (NIP-42)."
                              : "Anybody may read.");
    add(WhoPublishes(profile, fees));
    add("Direct messages in gift wraps are shown to their receiver only, once he authenticates.");
    return "<h2>Rules</h2>\n" + Paragraph(policy) + "<ul>\n" + rules + "</ul>\n" + Terms(profile);
}

std::string LimitTable(const Limits& limits)
{
    const auto row = [](std::string_view heading, auto value) {
        return HtmlRow(heading, std::to_string(value));
    };
    return "<table><caption>Limits</caption><tbody>\n" +
           row("Bytes of a message", limits.max_message_bytes) +
           row("Characters of an event's content", limits.max_content_length) +
           row("Tags of an event", limits.max_event_tags) +
           row("Subscriptions of a connection", limits.max_subscriptions) +
           row("Events of an answer, for each filter", limits.max_limit) +
           row("Seconds an event may be ahead of the clock", limits.created_at_upper_limit) +
           "</tbody></table>\n";
}

std::string Nips(const RelayProfile& profile, const Limits& limits)
{
    const auto document = boost::json::parse(InformationDocument(profile, limits));
    std::string list;
    for (const auto& nip : document.at("supported_nips").as_array()) {
        auto number = std::to_string(nip.to_number<int>());
        if (number.size() < 2) number.insert(0, "0");
        if (!list.empty()) list += ", ";
        list += "<a href=\"https://github.com/nostr-protocol/nips/blob/master/" + number +
                ".md\">" + number + "</a>";
    }
    return "<p>NIPs: " + list + "</p>\n";
}

}  // namespace

HtmlPage LandingPage(const RelayProfile& profile, const Limits& limits, std::string_view host,
                     std::string_view policy, const Fees& fees)
{
    const auto address = profile.url.empty() ? "ws://" + std::string{host} : profile.url;
    return {.title = profile.name,
            .body = Picture("banner", profile.banner) + Picture("icon", profile.icon) + "<h1>" +
                    Escaped(profile.name) + "</h1>\n" + Paragraph(profile.description) +
                    "<h2>Connect</h2>\n<p>This is a Nostr relay. Add its address to your Nostr "
                    "client: <code>" +
                    Escaped(address) + "</code></p>\n" + Join(profile, address) + Prices(fees) +
                    Rules(profile, policy, fees) + LimitTable(limits) + Nips(profile, limits) +
                    Contact(profile),
            .scripts = profile.restricted_writes ? std::vector<std::string>{"join.js"}
                                                 : std::vector<std::string>{}};
}

}  // namespace berth::relay
