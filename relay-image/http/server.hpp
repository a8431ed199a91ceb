#pragma once

#include "relay-image/http/ports.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// What the relay's ports lead to: sessions, and whatever the routes answer. Used on the I/O thread
/// only.
class Server final : public Site {
public:
    /// All outlive it; `transport` may change on the I/O thread.
    Server(SessionContext& sessions, const Routes& routes, const TransportSettings& transport)
        : sessions_{sessions}, routes_{routes}, transport_{transport}
    {
    }

    boost::asio::awaitable<SiteAnswer> Respond(HttpRequest request, Visitor visitor) override;
    std::string WhyNotOpen(const Visitor& visitor) const override;
    void Open(OpenedSocket opened) override;

private:
    SessionContext& sessions_;
    const Routes& routes_;
    const TransportSettings& transport_;
};

}  // namespace berth::relay
