#pragma once

#include <boost/asio/io_context.hpp>

#include "relay-image/http/dashboard_guard.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The owner's pages under `/dashboard`, behind their guard. Used on the I/O thread only.
class DashboardPages {
public:
    /// `sessions` outlives it.
    DashboardPages(boost::asio::io_context& io, const SessionContext& sessions,
                   DashboardGuard guard);
    /// It outlives the routes.
    void AddTo(Routes& routes);

private:
    using Page = boost::asio::awaitable<Answer> (DashboardPages::*)();

    void AddPage(Routes& routes, std::string path, Page page);
    boost::asio::awaitable<Answer> Overview();
    boost::asio::awaitable<Answer> Style();
    boost::asio::awaitable<std::optional<StoreFigures>> Measure();

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    DashboardGuard guard_;
};

}  // namespace berth::relay
