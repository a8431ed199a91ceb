#include "relay-image/http/kinds_html.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/clock.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/moderation_tables.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxShown = 12;  ///< The smaller ones are one row.
constexpr int kRowHeight = 28;
constexpr int kBarsLeft = 116;
constexpr int kBarsWidth = 150;
constexpr int kChartWidth = 350;

/// Kinds that owners know by name.
constexpr std::pair<int, std::string_view> kNames[] = {
    {0, "profile"},         {1, "note"},        {3, "contacts"},     {4, "old message"},
    {5, "deletion"},        {6, "repost"},      {7, "reaction"},     {1059, "gift wrap"},
    {1111, "comment"},      {1984, "report"},   {9735, "zap"},       {10002, "relay list"},
    {24133, "remote sign"}, {30023, "article"}, {30078, "app data"},
};

struct Row {
    std::string label;
    std::int64_t events = 0;
    std::int64_t bytes = 0;
};

std::string LabelOf(int kind)
{
    const auto* named = std::ranges::find(kNames, kind, &std::pair<int, std::string_view>::first);
    const auto number = std::to_string(kind);
    return named == std::end(kNames) ? number : number + " " + std::string{named->second};
}

/// The largest first; those beyond the last one shown become one.
std::vector<Row> RowsOf(KindCensus census)
{
    std::ranges::sort(census.kinds, [](const auto& a, const auto& b) {
        return a.bytes != b.bytes ? a.bytes > b.bytes : a.kind < b.kind;
    });
    std::vector<Row> rows;
    for (const auto& kind : census.kinds) {
        if (rows.size() < kMaxShown) {
            rows.push_back({LabelOf(kind.kind), kind.events, kind.bytes});
            continue;
        }
        if (rows.size() == kMaxShown) {
            const auto others = census.kinds.size() - kMaxShown;
            rows.push_back({std::to_string(others) + (others == 1 ? " other" : " others")});
        }
        rows.back().events += kind.events;
        rows.back().bytes += kind.bytes;
    }
    return rows;
}

std::string Amount(std::int64_t bytes)
{
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
    char text[64];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
    return text;
}

std::string Attribute(std::string_view name, std::int64_t value)
{
    return " " + std::string{name} + "=\"" + std::to_string(value) + "\"";
}

std::string SvgText(std::int64_t x, std::int64_t y, const std::string& text)
{
    return "<text" + Attribute("x", x) + Attribute("y", y) + ">" + Escaped(text) + "</text>";
}

std::string Chart(const std::vector<Row>& rows)
{
    std::int64_t most = 1;
    for (const auto& row : rows) most = std::max(most, row.bytes);
    const auto height = static_cast<int>(rows.size()) * kRowHeight;
    auto svg =
        "<svg role=\"img\" aria-label=\"Bytes of each kind as bars; the table has the "
        "figures\" viewBox=\"0 0 " +
        std::to_string(kChartWidth) + " " + std::to_string(height) + "\">";
    int y = 0;
    for (const auto& row : rows) {
        const auto share = static_cast<double>(row.bytes) / static_cast<double>(most);
        const auto width = std::max<std::int64_t>(1, std::llround(share * kBarsWidth));
        svg += SvgText(0, y + 19, row.label) + "<rect class=\"bar\"" + Attribute("x", kBarsLeft) +
               Attribute("y", y + 5) + Attribute("width", width) +
               Attribute("height", kRowHeight - 10) + "/>" +
               SvgText(kBarsLeft + width + 8, y + 19, Amount(row.bytes));
        y += kRowHeight;
    }
    return "<figure><figcaption>Bytes per kind</figcaption>" + svg + "</svg></figure>\n";
}

std::string Table(const std::vector<Row>& rows)
{
    std::string table =
        "<table><caption>Kinds</caption><thead><tr><th scope=\"col\">Kind</th>"
        "<th scope=\"col\">Events</th><th scope=\"col\">Bytes</th></tr></thead><tbody>\n";
    for (const auto& row : rows) {
        table += "<tr><th scope=\"row\">" + Escaped(row.label) + "</th><td>" +
                 std::to_string(row.events) + "</td><td>" + Amount(row.bytes) + "</td></tr>\n";
    }
    return table + "</tbody></table>\n";
}

}  // namespace

std::string KindsHtml(const std::optional<CountedKinds>& counted)
{
    const auto at = std::to_string(counted ? counted->at : 0);
    const auto head = "<section id=\"kinds\" aria-label=\"Kinds\" data-at=\"" + at + "\">\n";
    if (!counted) return head + "<p>The kinds are being counted.</p></section>\n";
    const auto rows = RowsOf(counted->census);
    if (rows.empty()) return head + "<p>No event is stored yet.</p></section>\n";
    const std::string how =
        counted->census.is_estimate ? "Estimated from a sample at " : "Counted at ";
    return head + "<div class=\"beside\">" + Chart(rows) + Table(rows) + "</div>\n<p><small>" +
           how + TimeHtml(counted->at) +
           "; of the events themselves, indexes come on top.</small></p></section>\n";
}

}  // namespace berth::relay
