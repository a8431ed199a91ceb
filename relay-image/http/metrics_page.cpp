#include "relay-image/http/metrics_page.hpp"

#include "core/base/version.hpp"
#include "relay-image/http/metrics.hpp"
#include "relay-image/http/process_figures.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;

constexpr auto kDiskFolder = "/";

MetricsState StateOf(const SessionContext& sessions, const DashboardPages& dashboard,
                     const Health& health)
{
    const auto rules = sessions.access.rules();
    const auto& paywall = sessions.paywall;
    const auto* sample = dashboard.newest();
    const auto process = MeasureProcess(kDiskFolder);
    const auto uptime = sessions.figures.Uptime(Figures::Steady::now());
    return {.version = std::string{Version()},
            .connections = sessions.sessions.count(),
            .subscriptions = sessions.sessions.CountSubscriptions(),
            .database_up = health.database_up,
            .store = sample ? sample->store : std::nullopt,
            .members = rules->members.size(),
            .banned_pubkeys = rules->banned_pubkeys.size(),
            .banned_events = rules->banned_events.size(),
            .warnings = WarningsOf(health, sessions.clock.Now()).size(),
            .cpu = process.cpu,
            .memory_bytes = process.memory_bytes,
            .disk_free_bytes = process.disk_free_bytes,
            .uptime = std::chrono::floor<std::chrono::seconds>(uptime),
            .payments = paywall.enabled() ? std::optional{paywall.figures()} : std::nullopt,
            .redis = health.redis,
            .fanout = sessions.fanout.figures()};
}

}  // namespace

void AddMetrics(Routes& routes, const SessionContext& sessions, DashboardPages& dashboard,
                MetricsPage page)
{
    auto respond = [&sessions, &dashboard,
                    health = std::move(page.health)](const HttpCall&) -> asio::awaitable<Answer> {
        const auto state = StateOf(sessions, dashboard, health());
        co_return Answer{.type = "text/plain; version=0.0.4; charset=utf-8",
                         .body = MetricsText(sessions.figures, state),
                         .headers = {{"Cache-Control", "no-store"}}};
    };
    if (page.is_public) {
        routes.Add(Routes::Verb::get, "/metrics", std::move(respond));
    } else {
        dashboard.AddGuarded(routes, Routes::Verb::get, "/metrics", std::move(respond));
    }
}

}  // namespace berth::relay
