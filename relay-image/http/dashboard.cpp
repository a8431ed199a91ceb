#include "relay-image/http/dashboard.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/clock.hpp"
#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kTableSamples = 12;
constexpr int kRefreshSeconds = 5;

/// The charts' headings, by Series::chart.
constexpr std::pair<std::string_view, std::string_view> kCharts[] = {
    {"events", "Events taken"}, {"clients", "Connections and subscriptions"},
    {"latency", "Time to OK"},  {"database", "Database size"},
    {"revenue", "Revenue"},     {"machine", "CPU"},
    {"memory", "Memory"},       {"disk", "Disk free"},
};

std::string Fixed(double value, const char* unit = "")
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

std::string Megabytes(std::int64_t bytes) { return Fixed(static_cast<double>(bytes) / 1e6, " MB"); }

std::string FigureTable(const std::vector<DashboardRow>& rows)
{
    std::string table = "<table id=\"figures\"><caption>Now</caption><tbody>\n";
    for (const auto& row : rows) {
        table += "<tr><th scope=\"row\">" + Escaped(row.heading) + "</th><td data-figure=\"" +
                 row.id + "\">" + Escaped(row.value) + "</td></tr>\n";
    }
    return table + "</tbody></table>\n";
}

std::string UnitOf(const Series& series, std::string_view asset)
{
    return std::string{series.unit.empty() ? ShownUnitOf(asset).name : series.unit};
}

std::string UnitOf(std::string_view chart, std::string_view asset)
{
    const auto found = std::ranges::find(ChartSeries(), chart, &Series::chart);
    return found == ChartSeries().end() ? "" : UnitOf(*found, asset);
}

/// Empty boxes that the script draws into; each names the series that belong to it.
std::string Charts(std::string_view asset)
{
    std::string all = "<section id=\"charts\" aria-label=\"Charts\" hidden>\n";
    for (const auto& [chart, heading] : kCharts) {
        std::string names;
        std::string labels;
        for (const auto& series : ChartSeries()) {
            if (series.chart != chart) continue;
            if (!names.empty()) names += ' ', labels += '|';
            names += series.name;
            labels += series.label;
        }
        all += "<figure data-series=\"" + names + "\" data-labels=\"" + Escaped(labels) +
               "\"><figcaption>" + Escaped(heading) + " <small>" + Escaped(UnitOf(chart, asset)) +
               "</small></figcaption></figure>\n";
    }
    return all + "</section>\n";
}

std::string TimeCell(std::int64_t at)
{
    const auto text = FormatTime(FromUnixSeconds(at));
    return "<th scope=\"row\"><time datetime=\"" + text + "\">" + text.substr(11, 8) +
           "</time></th>";
}

std::string SampleTable(const History& history, std::string_view asset)
{
    std::string table =
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Last samples\">\n"
        "<table id=\"samples\"><caption>Last samples (UTC)</caption><thead><tr>"
        "<th scope=\"col\">Time</th>";
    for (const auto& series : ChartSeries()) {
        table += "<th scope=\"col\">" + Escaped(series.label) + " <small>" +
                 Escaped(UnitOf(series, asset)) + "</small></th>";
    }
    table += "</tr></thead><tbody>\n";
    const auto& samples = history.samples();
    for (std::size_t back = 1; back <= std::min(kTableSamples, samples.size()); ++back) {
        const auto& sample = samples[samples.size() - back];
        table += "<tr>" + TimeCell(sample.at);
        for (const auto& series : ChartSeries()) {
            const auto value = series.value(sample);
            table += "<td>" +
                     (series.is_count ? std::to_string(std::llround(value)) : Fixed(value)) +
                     "</td>";
        }
        table += "</tr>\n";
    }
    return table + "</tbody></table></div>\n";
}

}  // namespace

std::vector<DashboardRow> DashboardRows(const DashboardFigures& figures)
{
    const auto& now = figures.now;
    const auto stored = now.store ? std::to_string(now.store->events) : "unknown";
    const auto size = now.store ? Megabytes(now.store->database_bytes) : "does not answer";
    return {
        {"stored", "Events stored", stored},
        {"database", "Database", size},
        {"connections", "Connections", std::to_string(now.connections)},
        {"subscriptions", "Subscriptions", std::to_string(now.subscriptions)},
        {"events_per_second", "Events per second", Fixed(now.events_per_second)},
        {"latency", "Time to OK, median and 99 of 100",
         Fixed(now.latency_p50_ms, " ms") + " / " + Fixed(now.latency_p99_ms, " ms")},
        {"accepted", "Events accepted", std::to_string(figures.events_accepted)},
        {"refused", "Events refused", std::to_string(figures.events_refused)},
        {"delivered", "Live deliveries", std::to_string(figures.delivered)},
        {"dropped", "Slow connections dropped", std::to_string(figures.dropped)},
        {"revenue", "Revenue", Shown(figures.received, figures.asset)},
        {"cpu", "CPU", Fixed(now.cpu_percent, " % of a core")},
        {"memory", "Memory", Megabytes(now.memory_bytes)},
        {"disk", "Disk free", Fixed(static_cast<double>(now.disk_free_bytes) / 1e9, " GB")},
        {"uptime", "Uptime", Duration(figures.uptime)},
    };
}

HtmlPage DashboardPage(const DashboardFigures& figures, const History& history)
{
    return {.title = figures.relay_name + ": dashboard",
            .body = DashboardMenu(DashboardTab::kOverview) + "<h1>" + Escaped(figures.relay_name) +
                    "</h1>\n" + FigureTable(DashboardRows(figures)) + Charts(figures.asset) +
                    SampleTable(history, figures.asset),
            .styles = {"uplot.css"},
            .scripts = {"uplot.js", "dashboard.js"},
            .refresh_seconds = kRefreshSeconds};
}

}  // namespace berth::relay
