#include "relay-image/http/dashboard_pages.hpp"

#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/http/process_figures.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr auto kMeasureTime = 3s;
constexpr auto kSampleEvery = 5s;
constexpr auto kShortestSpan = 1s;          ///< For a share of CPU that means something.
constexpr int kSamplesForEachMeasure = 12;  ///< The store's size is asked for once a minute.
constexpr std::string_view kSince = "since=";

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
        case DashboardGuard::Decision::kForeign: break;
    }
    return Answer{.status = http::status::forbidden,
                  .body = "The dashboard is not open to this address or page.\n"};
}

/// `since` of the query; 0 without.
std::int64_t SinceOf(const HttpCall& call)
{
    const std::string_view target{call.request.target().data(), call.request.target().size()};
    const auto at = target.find(kSince);
    std::int64_t since = 0;
    if (at != target.npos) {
        const auto* first = target.data() + at + kSince.size();
        std::from_chars(first, target.data() + target.size(), since);
    }
    return since;
}

}  // namespace

DashboardPages::DashboardPages(asio::io_context& io, const SessionContext& sessions,
                               DashboardGuard::Settings guard, std::string folder)
    : io_{io}, sessions_{sessions}, guard_{std::move(guard)}, folder_{std::move(folder)}
{
}

void DashboardPages::AddTo(Routes& routes)
{
    AddGuarded(routes, Routes::Verb::get, "/dashboard",
               [this](const HttpCall&) { return Overview(); });
    AddGuarded(routes, Routes::Verb::get, "/dashboard/figures.json",
               [this](const HttpCall& call) -> asio::awaitable<Answer> { co_return Fresh(call); });
}

void DashboardPages::AddGuarded(Routes& routes, Routes::Verb verb, std::string path, Page page)
{
    routes.Add(verb, std::move(path),
               [this, page = std::move(page)](const HttpCall& call) -> asio::awaitable<Answer> {
                   const auto decision =
                       co_await guard_.Decide(call, DashboardGuard::Steady::now());
                   auto answer = WhyNot(decision);
                   if (!answer) answer = co_await page(call);
                   sessions_.log.Info("dashboard", {{"address", call.peer},
                                                    {"path", std::string{call.Path()}},
                                                    {"status", static_cast<int>(answer->status)}});
                   co_return std::move(*answer);
               });
}

const Sample* DashboardPages::newest() const
{
    return history_.samples().empty() ? nullptr : &history_.samples().back();
}

void DashboardPages::StartSampling()
{
    cpu_ = MeasureProcess(folder_).cpu;
    cpu_at_ = Figures::Steady::now();
    asio::co_spawn(io_, SampleForEver(), asio::detached);
}

asio::awaitable<void> DashboardPages::SampleForEver()
{
    asio::steady_timer timer{io_};
    std::optional<StoreFigures> store;
    for (int count = 0;; ++count) {
        if (!store || count % kSamplesForEachMeasure == 0) store = co_await Measure();
        TakeSample(store);
        timer.expires_after(kSampleEvery);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void DashboardPages::TakeSample(std::optional<StoreFigures> store)
{
    const auto now = Figures::Steady::now();
    const auto process = MeasureProcess(folder_);
    const std::chrono::duration<double> used = process.cpu - cpu_;
    const std::chrono::duration<double> passed = now - cpu_at_;
    const auto& figures = sessions_.figures;
    history_.Add({.at = ToUnixSeconds(sessions_.clock.Now()),
                  .events_per_second = figures.EventsPerSecond(now),
                  .connections = sessions_.sessions.count(),
                  .subscriptions = sessions_.sessions.CountSubscriptions(),
                  .latency_p50_ms = figures.latencies.Quantile(50).count(),
                  .latency_p99_ms = figures.latencies.Quantile(99).count(),
                  .store = std::move(store),
                  .revenue = Drawn(sessions_.paywall.figures().received, Asset()),
                  .cpu_percent = passed >= kShortestSpan ? 100 * used / passed : 0,
                  .memory_bytes = process.memory_bytes,
                  .disk_free_bytes = process.disk_free_bytes});
    cpu_ = process.cpu;
    cpu_at_ = now;
}

std::string DashboardPages::Asset() const { return sessions_.paywall.fees().asset; }

DashboardFigures DashboardPages::Current() const
{
    const auto& figures = sessions_.figures;
    const auto now = Figures::Steady::now();
    Sample sample = history_.samples().empty() ? Sample{} : history_.samples().back();
    sample.events_per_second = figures.EventsPerSecond(now);
    sample.connections = sessions_.sessions.count();
    sample.subscriptions = sessions_.sessions.CountSubscriptions();
    return {.relay_name = sessions_.profile.name,
            .now = std::move(sample),
            .asset = Asset(),
            .received = sessions_.paywall.figures().received,
            .events_accepted = figures.events_accepted(),
            .events_refused = figures.refused,
            .delivered = figures.delivered,
            .dropped = figures.dropped,
            .uptime = std::chrono::floor<std::chrono::seconds>(figures.Uptime(now))};
}

asio::awaitable<Answer> DashboardPages::Overview()
{
    auto current = Current();
    current.now.store = co_await Measure();
    co_return Rendered(DashboardPage(current, history_));
}

Answer DashboardPages::Fresh(const HttpCall& call) const
{
    auto document = history_.After(SinceOf(call));
    auto& now = document["now"].emplace_object();
    for (const auto& row : DashboardRows(Current())) now[row.id] = row.value;
    return {.type = "application/json",
            .body = boost::json::serialize(document),
            .headers = {{"Cache-Control", "no-store"}}};
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
