#pragma once

#include <string>

#include "berth/v1/types.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// A relay as its customer will reach it.
struct RelayToProbe {
    std::string hostname;
    int port = 443;
    std::string name;  ///< As its NIP-11 document has to say.
    v1::RelayLimits limits;
    Secret dashboard_password;
};

/// Proves a relay through its public name. Thread-safe; blocks until `deadline` at most.
class RelayProber {
public:
    virtual ~RelayProber() = default;
    /// A report on every check that was made, whether it was accepted or not.
    virtual v1::AcceptanceReport Probe(const RelayToProbe& relay, Deadline deadline) = 0;
};

}  // namespace berth::worker
