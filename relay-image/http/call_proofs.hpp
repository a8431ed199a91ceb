#pragma once

#include <string>
#include <string_view>

#include "core/nostr/seen_events.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// Finds out by NIP-98 who makes a call. Each proof is good for one call to this process. Used on
/// the I/O thread only.
class CallProofs {
public:
    /// `sessions` outlives it.
    explicit CallProofs(const SessionContext& sessions);

    /// The key that signed a call of `path` and its body. Clients write the relay's address as a
    /// WebSocket's or as HTTP's. Errors: those of VerifyHttpAuth and SeenEvents.
    Result<std::string> Prove(const HttpCall& call, std::string_view path);

private:
    const SessionContext& sessions_;
    nostr::SeenEvents seen_;
};

/// The HTTP status for an error that a call is answered with.
boost::beast::http::status StatusOf(ErrorCode code);

}  // namespace berth::relay
