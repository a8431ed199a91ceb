#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// What the dashboard shows.
struct DashboardFigures {
    std::string relay_name;
    std::optional<StoreFigures> store;  ///< Nothing while the database does not answer.
    std::size_t connections = 0;
    std::size_t subscriptions = 0;
    double events_per_second = 0;
    std::uint64_t events_accepted = 0;
    std::uint64_t events_refused = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
    std::chrono::seconds uptime{0};
};

/// The page, without any script; it loads itself again every five seconds.
std::string DashboardPage(const DashboardFigures& figures);

/// Its style sheet.
std::string_view DashboardStyle();

}  // namespace berth::relay
