#include "relay-image/http/html.hpp"

#include "relay-image/http/assets.hpp"

namespace berth::relay {
namespace {

constexpr auto kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string Head(const HtmlPage& page)
{
    std::string head =
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
        Escaped(page.title) + "</title>\n<link rel=\"icon\" href=\"" + AssetPath("icon.svg") +
        "\">\n";
    if (page.refresh_seconds > 0) {
        head += "<noscript><meta http-equiv=\"refresh\" content=\"" +
                std::to_string(page.refresh_seconds) + "\"></noscript>\n";
    }
    auto styles = page.styles;
    styles.emplace_back("relay.css");
    for (const auto& name : styles) {
        head += "<link rel=\"stylesheet\" href=\"" + AssetPath(name) + "\">\n";
    }
    for (const auto& name : page.scripts) {
        head += "<script defer src=\"" + AssetPath(name) + "\"></script>\n";
    }
    return head;
}

}  // namespace

std::string Escaped(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
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

std::string HtmlRow(std::string_view heading, std::string_view value)
{
    return "<tr><th scope=\"row\">" + Escaped(heading) + "</th><td class=\"number\">" +
           Escaped(value) + "</td></tr>\n";
}

Answer Rendered(const HtmlPage& page)
{
    return {.type = "text/html; charset=utf-8",
            .body = "<!doctype html>\n<html lang=\"en\"><head>\n" + Head(page) +
                    "</head>\n<body><main>\n" + page.body + "</main></body></html>\n",
            .headers = {{"Cache-Control", "no-store"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Content-Security-Policy", kContentPolicy}}};
}

}  // namespace berth::relay
