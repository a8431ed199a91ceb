#pragma once

#include <boost/asio/io_context.hpp>

#include "core/nostr/seen_events.hpp"
#include "relay-image/governance/governor.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// The management API (NIP-86): POST on `/` with a NIP-98 event that names the relay's address and
/// the body. Each such event is good for one call to this process. Used on the I/O thread only.
class ManagementEndpoint {
public:
    /// `sessions` and `governor` outlive it.
    ManagementEndpoint(boost::asio::io_context& io, const SessionContext& sessions,
                       Governor& governor);
    /// It outlives the routes.
    void AddTo(Routes& routes);

private:
    boost::asio::awaitable<Answer> Respond(const HttpCall& call);
    /// The key that signed the call. Errors: those of VerifyHttpAuth and SeenEvents.
    Result<std::string> Authenticate(const HttpCall& call);

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    Governor& governor_;
    nostr::SeenEvents seen_;
};

/// The HTTP status for an error of the management API.
boost::beast::http::status StatusOf(ErrorCode code);

}  // namespace berth::relay
