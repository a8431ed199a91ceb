#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "akash/block_pace.hpp"
#include "akash/sdl.hpp"
#include "berth/v1/worker_service.pb.h"
#include "worker/sealing/order_sealer.hpp"

namespace berth::worker {

/// What turns an order into a deployment, the same for all of a worker's orders.
struct RelayTerms {
    std::string marketplace;   ///< Public key; may always write, as its acceptance event needs.
    std::string operator_key;  ///< Public key; may always write, for the worker's own probe.
    std::string denom = "uact";
};

/// Names of an order's secrets.
inline constexpr auto kPostgresPassword = "postgres_password";
inline constexpr auto kDashboardPassword = "dashboard_password";
inline constexpr auto kCertificateKey = "certificate_key";

/// The price for this job of a million units of what a lease is paid in, in 10^-8 dollars; nothing
/// where the marketplace tells none.
std::optional<money::Amount> WholePriceE8(const v1::JobOrder& order, std::string_view denom);
/// The order's ceiling in a denomination per block, times 10^18, rounded down.
/// Errors: kPrecondition `NO_PRICE`.
Result<money::Amount> CeilingPerBlockE18(const v1::JobOrder& order, std::string_view denom,
                                         std::chrono::milliseconds block_time);

/// The relay and its database as the order wants them; but for the ceiling the same at every step,
/// so that the manifest that is sent has the hash that is on chain.
/// Errors: kPrecondition `SECRETS_MISSING`, `NO_PRICE`.
Result<akash::RelayDeployment> DeploymentOf(const v1::JobOrder& order, const NamedSecrets& secrets,
                                            const RelayTerms& terms,
                                            std::chrono::milliseconds block_time);

}  // namespace berth::worker
