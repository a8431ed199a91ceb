#pragma once

#include <boost/asio/io_context.hpp>

#include "relay-image/governance/governor.hpp"
#include "relay-image/http/call_proofs.hpp"
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

    boost::asio::io_context& io_;
    const SessionContext& sessions_;
    Governor& governor_;
    CallProofs proofs_;
};

}  // namespace berth::relay
