#include "relay-image/http/dashboard_pages.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "relay-image/http/dashboard.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr auto kMeasureTime = 3s;

/// The refusal, if there is one.
std::optional<Answer> WhyNot(DashboardGuard::Decision decision)
{
    switch (decision) {
        case DashboardGuard::Decision::kAllowed: return std::nullopt;
        case DashboardGuard::Decision::kThrottled:
            return Answer{.status = http::status::too_many_requests,
                          .body = "Too many failed attempts; try again in a minute.\n",
                          .headers = {{"Retry-After", "60"}}};
        case DashboardGuard::Decision::kRefused:
            return Answer{.status = http::status::unauthorized,
                          .body = "The dashboard asks for its password.\n",
                          .headers = {{"WWW-Authenticate", "Basic realm=\"relay dashboard\""}}};
    }
    return Answer{.status = http::status::forbidden};
}

}  // namespace

DashboardPages::DashboardPages(asio::io_context& io, const SessionContext& sessions,
                               DashboardGuard guard)
    : io_{io}, sessions_{sessions}, guard_{std::move(guard)}
{
}

void DashboardPages::AddTo(Routes& routes)
{
    AddPage(routes, "/dashboard", &DashboardPages::Overview);
    AddPage(routes, "/dashboard/style.css", &DashboardPages::Style);
}

void DashboardPages::AddPage(Routes& routes, std::string path, Page page)
{
    routes.Add(Routes::Verb::get, std::move(path),
               [this, page](const HttpCall& call) -> asio::awaitable<Answer> {
                   const auto decision = guard_.Decide(call.Header(http::field::authorization),
                                                       call.peer, DashboardGuard::Steady::now());
                   if (auto refusal = WhyNot(decision)) co_return std::move(*refusal);
                   co_return co_await (this->*page)();
               });
}

asio::awaitable<Answer> DashboardPages::Style()
{
    co_return Answer{.type = "text/css", .body = std::string{DashboardStyle()}};
}

asio::awaitable<Answer> DashboardPages::Overview()
{
    const auto store = co_await Measure();
    const auto& figures = sessions_.figures;
    const auto now = Figures::Steady::now();
    co_return Answer{
        .type = "text/html; charset=utf-8",
        .body = DashboardPage(
            {.relay_name = sessions_.profile.name,
             .store = store,
             .connections = sessions_.sessions.count(),
             .subscriptions = sessions_.sessions.CountSubscriptions(),
             .events_per_second = figures.EventsPerSecond(now),
             .events_accepted = figures.events_accepted(),
             .events_refused = figures.refused,
             .delivered = figures.delivered,
             .dropped = figures.dropped,
             .uptime = std::chrono::floor<std::chrono::seconds>(figures.Uptime(now))}),
        .headers = {{"Cache-Control", "no-store"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Content-Security-Policy",
                     "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                     "frame-ancestors 'none'"}}};
}

asio::awaitable<std::optional<StoreFigures>> DashboardPages::Measure()
{
    struct Waiting {
        explicit Waiting(asio::io_context& io) : timer{io, kMeasureTime} {}
        asio::steady_timer timer;
        std::optional<StoreFigures> figures;
    };
    const auto waiting = std::make_shared<Waiting>(io_);
    const bool posted = sessions_.readers.Post([waiting, &io = io_](EventStore& store) {
        const auto measured = store.Measure();
        asio::post(io, [waiting, measured] {
            if (measured) waiting->figures = *measured;
            waiting->timer.cancel();
        });
    });
    boost::system::error_code woken;
    if (posted)
        co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return waiting->figures;
}

}  // namespace berth::relay
