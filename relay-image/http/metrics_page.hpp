#pragma once

#include <functional>

#include "relay-image/http/dashboard_pages.hpp"
#include "relay-image/http/health.hpp"

namespace berth::relay {

/// How /metrics is served.
struct MetricsPage {
    std::function<Health()> health;
    bool is_public = false;  ///< Without the dashboard's password.
};

/// Adds /metrics, behind the dashboard's guard unless it is public. `sessions` and `dashboard`
/// outlive the routes; the database's size is that of the dashboard's newest sample.
void AddMetrics(Routes& routes, const SessionContext& sessions, DashboardPages& dashboard,
                MetricsPage page);

}  // namespace berth::relay
