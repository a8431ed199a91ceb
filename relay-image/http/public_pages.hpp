#pragma once

#include "relay-image/http/health.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// What anybody may see: on `/` the NIP-11 document with CORS, or the landing page for browsers;
/// `/health`, which says what `health` returns; and the files that pages need. `sessions` outlives
/// the routes.
void AddPublicPages(Routes& routes, const SessionContext& sessions, std::function<Health()> health);

}  // namespace berth::relay
