#include "relay-image/http/moderation_tables.hpp"

#include "core/base/clock.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/moderation_forms.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kShownOfKey = 12;

}  // namespace

std::string TableHtml(std::string_view caption, const std::vector<std::string_view>& heads,
                      const std::string& rows)
{
    if (rows.empty()) return "<h2>" + Escaped(caption) + "</h2>\n<p>Nothing here.</p>\n";
    std::string html = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" +
                       Escaped(caption) + "\"><table class=\"list\"><caption>" + Escaped(caption) +
                       "</caption><thead><tr>";
    for (const auto head : heads) html += "<th scope=\"col\">" + Escaped(head) + "</th>";
    return html + "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string KeyHtml(std::string_view key)
{
    const bool whole = key.size() <= 2 * kShownOfKey;
    const auto shown = whole ? std::string{key} : std::string{key.substr(0, kShownOfKey)} + "...";
    return "<code title=\"" + Escaped(key) + "\">" + Escaped(shown) + "</code>";
}

std::string TimeHtml(std::int64_t at)
{
    const auto text = FormatTime(FromUnixSeconds(at));
    return "<time datetime=\"" + text + "\">" + text.substr(0, 10) + " " + text.substr(11, 8) +
           "</time>";
}

std::string ProblemHtml(const ModerationView& view)
{
    if (view.problem.empty()) return {};
    return "<p class=\"problem\" role=\"alert\">Nothing was changed: " + Escaped(view.problem) +
           "</p>\n";
}

std::string MoreHtml(std::string_view path, const std::string& next)
{
    return "<p><a href=\"" + std::string{path} + "?from=" + Escaped(next) +
           "\">More rows</a></p>\n";
}

std::string NoteTableHtml(const NoteTable& table, const Notes& notes, const ModerationView& view)
{
    std::string rows;
    std::size_t shown = 0;
    auto note = notes.lower_bound(view.from);
    for (; note != notes.end() && shown < kRowsShown; ++note, ++shown) {
        const auto& [subject, why] = *note;
        rows += "<tr><th scope=\"row\">" + KeyHtml(subject) + "</th><td>" + Escaped(why.reason) +
                "</td><td>" + TimeHtml(why.at) + "</td><td>" +
                FormHtml(
                    {.method = table.method,
                     .back = table.back,
                     .button = std::string{table.button},
                     .fields = {{.name = std::string{table.field}, .label = {}, .value = subject}}},
                    view) +
                "</td></tr>\n";
    }
    auto html = TableHtml(table.caption, {table.subject, "Reason", "Since", "Change"}, rows);
    if (note != notes.end()) html += MoreHtml(PathOf(table.back), note->first);
    return html;
}

}  // namespace berth::relay
