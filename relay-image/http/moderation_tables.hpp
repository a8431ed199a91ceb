#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {

/// A table in a box that scrolls sideways where the screen is narrow; says so if there are no rows.
std::string TableHtml(std::string_view caption, const std::vector<std::string_view>& heads,
                      const std::string& rows);
/// A key or an id, shortened, with its whole text for who asks.
std::string KeyHtml(std::string_view key);
/// A time in UTC.
std::string TimeHtml(std::int64_t at);
/// Why the last change was not made, if it was not.
std::string ProblemHtml(const ModerationView& view);

/// A list of the rules with a button in each row.
struct NoteTable {
    std::string_view caption;
    std::string_view subject;  ///< Heading of the first column.
    std::string_view method;   ///< Of the button.
    std::string_view field;    ///< Of the method's parameter.
    std::string_view button;
    DashboardTab back;
};
std::string NoteTableHtml(const NoteTable& table, const Notes& notes, const ModerationView& view);

constexpr std::size_t kRowsShown = 200;

/// A link to the rows after `next`, on the page at `path`.
std::string MoreHtml(std::string_view path, const std::string& next);

}  // namespace berth::relay
