#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "relay-image/governance/governor.hpp"
#include "relay-image/http/dashboard_pages.hpp"
#include "relay-image/http/form_token.hpp"
#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {

/// The pages of the dashboard that change something: reports, bans, members, roles, invites,
/// addresses, settings. They make the same acts as the management API. Each form carries a token
/// that other sites cannot know. Used on the I/O thread only.
class ModerationPages {
public:
    /// All outlive it; `token` is the dashboard's.
    ModerationPages(boost::asio::io_context& io, const SessionContext& sessions, Governor& governor,
                    const FormToken& token);
    /// Puts the pages behind the dashboard's guard. It outlives the routes.
    void AddTo(Routes& routes, DashboardPages& dashboard);

private:
    boost::asio::awaitable<Answer> Show(DashboardTab tab, std::string from, std::string problem);
    boost::asio::awaitable<Answer> Act(const HttpCall& call);
    boost::asio::awaitable<Answer> Save(const HttpCall& call);
    boost::asio::awaitable<std::string> Body(DashboardTab tab, const ModerationView& view);
    boost::asio::awaitable<Answer> Finish(DashboardTab tab, Governor::Act act);

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    Governor& governor_;
    const FormToken& token_;
};

}  // namespace berth::relay
