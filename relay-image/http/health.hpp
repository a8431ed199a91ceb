#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "relay-image/fanout/fanout.hpp"
#include "relay-image/payment/verifier_watch.hpp"

namespace berth::relay {

/// What /health tells.
struct Health {
    std::string_view storage = "postgresql";  ///< The service that keeps the events.
    bool database_up = false;
    bool draining = false;                       ///< The relay is about to stop.
    std::chrono::milliseconds time_to_store{0};  ///< Median of the last events.
    std::int64_t disk_free_bytes = 0;            ///< 0 if it is not known.
    std::optional<Time> certificate_ends = {};   ///< Of what the TLS ports serve.
    VerifierState payment_verifier = VerifierState::kDisabled;
    RedisState redis = RedisState::kDisabled;
    std::optional<Time> hosting_paid_through = {};  ///< As the marketplace says; if it does.

    /// Whether the relay can do its work.
    bool sound() const { return database_up && !draining; }
};

/// What the owner should look after, a sentence each.
std::vector<std::string> WarningsOf(const Health& health, Time now);

/// The body of /health. PostgreSQL is "disabled" where the relay keeps its events by itself, the
/// payment verifier where nothing is paid for, Redis where it is not to be used.
std::string HealthDocument(const Health& health, Time now);

}  // namespace berth::relay
