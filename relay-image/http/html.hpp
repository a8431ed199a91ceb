#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "relay-image/http/routes.hpp"

namespace berth::relay {

/// Text as it may stand in an element or an attribute in double quotes.
std::string Escaped(std::string_view text);

/// A table row of a heading and a number or the like, which is escaped and stays on one line.
std::string HtmlRow(std::string_view heading, std::string_view value);

/// One page of ours.
struct HtmlPage {
    std::string title;                      ///< Plain text.
    std::string body;                       ///< HTML inside of <main>.
    std::vector<std::string> styles = {};   ///< Names of assets besides relay.css.
    std::vector<std::string> scripts = {};  ///< Names of assets, in this order.
    int refresh_seconds = 0;                ///< Where scripts do not run; 0 is never.
};

/// The page as an answer that nobody stores, under a policy that allows no script, style or
/// connection but our own.
Answer Rendered(const HtmlPage& page);

}  // namespace berth::relay
