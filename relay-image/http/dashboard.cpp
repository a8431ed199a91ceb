#include "relay-image/http/dashboard.hpp"

#include <cstdio>

namespace berth::relay {
namespace {

std::string Escaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            default: safe += c;
        }
    }
    return safe;
}

std::string Row(std::string_view name, const std::string& value)
{
    return "<tr><th scope=\"row\">" + std::string{name} + "</th><td>" + Escaped(value) +
           "</td></tr>\n";
}

std::string OneDecimal(double value, const char* unit)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.1f%s", value, unit);
    return text;
}

std::string Duration(std::chrono::seconds uptime)
{
    char text[64];
    const auto total = uptime.count();
    std::snprintf(text, sizeof text, "%lld d %02lld:%02lld:%02lld",
                  static_cast<long long>(total / 86400), static_cast<long long>(total / 3600 % 24),
                  static_cast<long long>(total / 60 % 60), static_cast<long long>(total % 60));
    return text;
}

std::string StoreRows(const std::optional<StoreFigures>& store)
{
    if (!store) return Row("Database", "does not answer");
    return Row("Events stored", std::to_string(store->events)) +
           Row("Database size",
               OneDecimal(static_cast<double>(store->database_bytes) / 1e6, " MB"));
}

}  // namespace

std::string DashboardPage(const DashboardFigures& figures)
{
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta http-equiv=\"refresh\" content=\"5\">\n"
           "<link rel=\"stylesheet\" href=\"/dashboard/style.css\">\n<title>" +
           Escaped(figures.relay_name) + "</title></head>\n<body><main><h1>" +
           Escaped(figures.relay_name) + "</h1>\n<table><caption>Now</caption><tbody>\n" +
           StoreRows(figures.store) + Row("Connections", std::to_string(figures.connections)) +
           Row("Subscriptions", std::to_string(figures.subscriptions)) +
           Row("Events per second", OneDecimal(figures.events_per_second, "")) +
           "</tbody></table>\n<table><caption>Since the start</caption><tbody>\n" +
           Row("Events accepted", std::to_string(figures.events_accepted)) +
           Row("Events refused", std::to_string(figures.events_refused)) +
           Row("Live deliveries", std::to_string(figures.delivered)) +
           Row("Slow connections dropped", std::to_string(figures.dropped)) +
           Row("Uptime", Duration(figures.uptime)) + "</tbody></table></main></body></html>\n";
}

std::string_view DashboardStyle()
{
    return "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:40rem;padding:0 "
           "1rem;"
           "color:#1b1b1b;background:#fff}\n"
           "table{width:100%;border-collapse:collapse;margin:1rem 0}\n"
           "caption{text-align:left;font-weight:600;padding:.5rem 0}\n"
           "th,td{text-align:left;padding:.4rem .2rem;border-bottom:1px solid #ccc}\n"
           "th{font-weight:400}td{text-align:right;font-variant-numeric:tabular-nums}\n"
           "@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}"
           "th,td{border-color:#444}}\n";
}

}  // namespace berth::relay
