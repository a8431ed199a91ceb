#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "relay-image/http/dashboard.hpp"
#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The owner's pages under `/dashboard`, behind their guard, and the samples that their charts
/// show. Every call is logged. Used on the I/O thread only.
class DashboardPages {
public:
    using Page = std::function<boost::asio::awaitable<Answer>(const HttpCall& call)>;

    /// `folder` is on the disk whose room is shown. `sessions` outlives it.
    DashboardPages(boost::asio::io_context& io, const SessionContext& sessions,
                   DashboardGuard::Settings guard, std::string folder);

    /// It outlives the routes.
    void AddTo(Routes& routes);
    /// Puts a page or form of the owner behind the same guard.
    void AddGuarded(Routes& routes, Routes::Verb verb, std::string path, Page page);
    /// The newest sample; nothing before the first.
    const Sample* newest() const;
    /// Takes samples until the I/O context stops.
    void StartSampling();

private:
    boost::asio::awaitable<void> SampleForEver();
    boost::asio::awaitable<Answer> Overview();
    Answer Fresh(const HttpCall& call) const;
    boost::asio::awaitable<std::optional<StoreFigures>> Measure();
    void TakeSample(std::optional<StoreFigures> store);
    DashboardFigures Current() const;
    std::string Asset() const;

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    DashboardGuard guard_;
    const std::string folder_;
    History history_;
    std::chrono::microseconds cpu_{0};  ///< At the last sample.
    Figures::Steady::time_point cpu_at_ = Figures::Steady::now();
};

}  // namespace berth::relay
