#include "relay-image/http/dashboard_pages.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/governance/profile.hpp"
#include "relay-image/http/ask_readers.hpp"
#include "relay-image/http/process_figures.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr auto kFolder = "/";  ///< On the disk whose room is shown.
constexpr auto kMeasureTime = 3s;
constexpr auto kFirstRest = 1s;  ///< After a start clients come first.
constexpr auto kSampleEvery = 5s;
constexpr auto kShortestSpan = 1s;          ///< For a share of CPU that means something.
constexpr int kSamplesForEachMeasure = 12;  ///< Where it takes long; else each has its own.
constexpr auto kQuickMeasure = 50ms;
/// The kinds are counted in a hundredth of a reader's time: the more events, the less often.
constexpr int kShareOfCounting = 100;
constexpr Figures::Steady::duration kCountKindsEvery = 10s, kCountKindsAtLeastEvery = 10min;
constexpr auto kCountKindsTime = 60s;
constexpr std::int64_t kCountedEvents = 200'000;  ///< The kinds of more are estimated.
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
                               DashboardGuard::Settings guard, const EventStoreFactory& stores)
    : io_{io},
      sessions_{sessions},
      guard_{std::move(guard)},
      background_{stores, 1},
      export_{io, background_, token_, sessions.clock}
{
}

void DashboardPages::AddTo(Routes& routes)
{
    AddGuarded(routes, Routes::Verb::get, "/dashboard",
               [this](const HttpCall&) { return Overview(); });
    AddGuarded(routes, Routes::Verb::get, "/dashboard/figures.json",
               [this](const HttpCall& call) -> asio::awaitable<Answer> { co_return Fresh(call); });
    AddGuarded(routes, Routes::Verb::get, "/dashboard/kinds",
               [this](const HttpCall&) -> asio::awaitable<Answer> {
                   co_return Answer{.type = "text/html; charset=utf-8",
                                    .body = KindsHtml(kinds_),
                                    .headers = {{"Cache-Control", "no-store"}}};
               });
    const auto name = [this] { return CurrentProfile(sessions_.profile, sessions_.access).name; };
    AddGuarded(routes, Routes::Verb::get, "/dashboard/export",
               [this, name](const HttpCall&) -> asio::awaitable<Answer> {
                   co_return export_.Show(name());
               });
    AddGuarded(routes, Routes::Verb::post, "/dashboard/export",
               [this, name](const HttpCall& call) -> asio::awaitable<Answer> {
                   co_return export_.Send(call, name());
               });
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
    cpu_ = MeasureProcess(kFolder).cpu;
    cpu_at_ = Figures::Steady::now();
    asio::co_spawn(io_, SampleForEver(), asio::detached);
    asio::co_spawn(io_, CountKindsForEver(), asio::detached);
}

asio::awaitable<void> DashboardPages::CountKindsForEver()
{
    asio::steady_timer timer{io_, kFirstRest};
    while (true) {
        co_await timer.async_wait(asio::use_awaitable);
        const auto start = Figures::Steady::now();
        const auto counted = co_await AskReaders<Result<KindCensus>>(
            io_, background_, kCountKindsTime,
            [](EventStore& store) { return store.CountKinds(kCountedEvents); });
        if (counted && *counted) kinds_ = {ToUnixSeconds(sessions_.clock.Now()), **counted};
        const auto took = Figures::Steady::now() - start;
        timer.expires_after(
            std::clamp(took * kShareOfCounting, kCountKindsEvery, kCountKindsAtLeastEvery));
    }
}

/// The first sample is without the store, which clients have to themselves for a moment.
asio::awaitable<void> DashboardPages::SampleForEver()
{
    TakeSample();
    asio::steady_timer timer{io_, kFirstRest};
    for (int count = 0;; ++count) {
        co_await timer.async_wait(asio::use_awaitable);
        const bool due = measured_quickly_ || count % kSamplesForEachMeasure == 0;
        if (!store_ || due) co_await Measure();
        TakeSample();
        timer.expires_after(kSampleEvery);
    }
}

void DashboardPages::TakeSample()
{
    const auto now = Figures::Steady::now();
    const auto process = MeasureProcess(kFolder);
    const std::chrono::duration<double> used = process.cpu - cpu_;
    const std::chrono::duration<double> passed = now - cpu_at_;
    const auto& figures = sessions_.figures;
    history_.Add({.at = ToUnixSeconds(sessions_.clock.Now()),
                  .events_per_second = figures.EventsPerSecond(now),
                  .connections = sessions_.sessions.count(),
                  .subscriptions = sessions_.sessions.CountSubscriptions(),
                  .latency_p50_ms = figures.latencies.Quantile(50).count(),
                  .latency_p99_ms = figures.latencies.Quantile(99).count(),
                  .store = store_,
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
    sample.store = store_;
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
    co_await Measure();
    auto page = DashboardPage(Current(), history_);
    page.body += KindsHtml(kinds_);
    co_return Rendered(page);
}

Answer DashboardPages::Fresh(const HttpCall& call) const
{
    auto document = history_.After(SinceOf(call));
    document["kinds_at"] = kinds_ ? kinds_->at : 0;
    auto& now = document["now"].emplace_object();
    for (const auto& row : DashboardRows(Current())) now[row.id] = row.value;
    return {.type = "application/json",
            .body = boost::json::serialize(document),
            .headers = {{"Cache-Control", "no-store"}}};
}

asio::awaitable<void> DashboardPages::Measure()
{
    const auto start = Figures::Steady::now();
    const auto measured = co_await AskReaders<Result<StoreFigures>>(
        io_, sessions_.readers, kMeasureTime, [](EventStore& store) { return store.Measure(); });
    measured_quickly_ = Figures::Steady::now() - start < kQuickMeasure;
    store_ = measured && *measured ? std::optional{**measured} : std::nullopt;
}

}  // namespace berth::relay
