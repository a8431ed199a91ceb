#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "relay-image/http/dashboard.hpp"
#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/http/export_page.hpp"
#include "relay-image/http/kinds_html.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The owner's pages under `/dashboard`, behind their guard, and the samples that their charts
/// show. Every call is logged. Used on the I/O thread only; what reads much of the store is done by
/// a reader of its own.
class DashboardPages {
public:
    using Page = std::function<boost::asio::awaitable<Answer>(const HttpCall& call)>;

    /// `sessions` outlives it.
    DashboardPages(boost::asio::io_context& io, const SessionContext& sessions,
                   DashboardGuard::Settings guard, const EventStoreFactory& stores);

    /// It outlives the routes.
    void AddTo(Routes& routes);
    /// Puts a page or form of the owner behind the same guard.
    void AddGuarded(Routes& routes, Routes::Verb verb, std::string path, Page page);
    /// Of all forms of the dashboard.
    const FormToken& token() const { return token_; }
    /// The newest sample; nothing before the first.
    const Sample* newest() const;
    /// Takes samples until the I/O context stops.
    void StartSampling();

private:
    boost::asio::awaitable<void> SampleForEver();
    boost::asio::awaitable<void> CountKindsForEver();
    boost::asio::awaitable<Answer> Overview();
    Answer Fresh(const HttpCall& call) const;
    boost::asio::awaitable<void> Measure();
    void TakeSample();
    DashboardFigures Current() const;
    std::string Asset() const;

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    DashboardGuard guard_;
    const FormToken token_;
    EventReaders background_;  ///< For what may take long.
    ExportPage export_;
    std::optional<CountedKinds> kinds_;
    std::optional<StoreFigures> store_;  ///< As it was measured last; nothing if it did not answer.
    bool measured_quickly_ = false;
    History history_;
    std::chrono::microseconds cpu_{0};  ///< At the last sample.
    Figures::Steady::time_point cpu_at_ = Figures::Steady::now();
};

}  // namespace berth::relay
