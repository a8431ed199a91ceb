#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "relay-image/http/history.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/shown_amount.hpp"

namespace berth::relay {

/// What the overview shows besides the charts.
struct DashboardFigures {
    std::string relay_name;
    Sample now;
    std::string asset = "xrp";  ///< That the relay takes.
    money::Amount received{};   ///< Ever, in its smallest unit.
    std::uint64_t events_accepted = 0;
    std::uint64_t events_refused = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    std::chrono::seconds uptime{0};
};

/// The figures as rows of name and value, in the order of the page; `id` is stable.
struct DashboardRow {
    std::string id;
    std::string heading;
    std::string value;
};
std::vector<DashboardRow> DashboardRows(const DashboardFigures& figures);

/// The overview: figures, charts, and the last samples as a table. Without scripts it loads itself
/// again; with them it is kept fresh.
HtmlPage DashboardPage(const DashboardFigures& figures, const History& history);

}  // namespace berth::relay
