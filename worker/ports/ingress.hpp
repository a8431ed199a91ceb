#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// The provider's ingress as the edge will use it. Thread-safe; blocks until `deadline` at most.
class Ingress {
public:
    virtual ~Ingress() = default;
    /// Whether the relay behind `host` says that it is healthy, over TLS with the name verified.
    /// Errors: kUnavailable `INGRESS_NOT_READY`.
    virtual Result<void> Check(const std::string& host, Deadline deadline) = 0;
};

}  // namespace berth::worker
