#pragma once

#include "relay-image/http/health.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/session/session.hpp"

namespace berth::relay {

/// What anybody may see: the NIP-11 document with CORS on `/`, and `/health`, which says what
/// `health` returns. `sessions` outlives the routes.
void AddPublicPages(Routes& routes, const SessionContext& sessions, std::function<Health()> health);

}  // namespace berth::relay
