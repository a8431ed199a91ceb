#pragma once

#include <string>

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

/// The price of one ACT for this job, in 10^-8 dollars.
money::Amount ActPriceE8(const v1::JobOrder& order);
/// The order's ceiling in its denomination per block, times 10^18, rounded down.
money::Amount CeilingPerBlockE18(const v1::JobOrder& order, std::chrono::milliseconds block_time);

/// The relay and its database as the order wants them; but for the ceiling the same at every step,
/// so that the manifest that is sent has the hash that is on chain.
/// Errors: kPrecondition `SECRETS_MISSING`.
Result<akash::RelayDeployment> DeploymentOf(const v1::JobOrder& order, const NamedSecrets& secrets,
                                            const RelayTerms& terms,
                                            std::chrono::milliseconds block_time);

}  // namespace berth::worker
