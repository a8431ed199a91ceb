#pragma once

#include <string>

#include "core/base/clock.hpp"

namespace berth::relay {

/// What /health tells.
struct Health {
    bool database_up = false;
    bool draining = false;  ///< The relay is about to stop.

    /// Whether the relay can do its work.
    bool sound() const { return database_up && !draining; }
};

/// The body of /health. Redis and the payment verifier are "disabled": this relay uses neither.
std::string HealthDocument(const Health& health, Time now);

}  // namespace berth::relay
