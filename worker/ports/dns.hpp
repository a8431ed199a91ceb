#pragma once

#include <chrono>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// One record of the operator's zone. Names are without a final dot.
struct DnsRecord {
    std::string name;
    std::string type;  ///< `A`, `AAAA` or `CNAME`.
    std::string value;
    std::chrono::seconds ttl{60};
};

/// The zone that carries our relays' names. Success means that every authoritative server has
/// answered with it. Thread-safe; blocks until `deadline` at most.
/// Errors of all: kInvalid `BAD_DNS_NAME`, `NAME_OUTSIDE_ZONE`, `BAD_DNS_VALUE`; kForbidden
/// `DNS_REFUSED`; kConflict `DNS_CHANGED_MEANWHILE`; kUnavailable `DNS_UNAVAILABLE`,
/// `DNS_NOT_EVERYWHERE` (ask again soon); kUnknown `DNS_OUTCOME_UNKNOWN`.
class Dns {
public:
    virtual ~Dns() = default;
    /// Creates the record or replaces what was published under the name, of whatever type.
    /// Idempotent.
    virtual Result<void> Upsert(const DnsRecord& record, Deadline deadline) = 0;
    /// Removes every record that may have been published under the name: `A`, `AAAA`, `CNAME`.
    /// Idempotent.
    virtual Result<void> Remove(const std::string& name, Deadline deadline) = 0;
};

}  // namespace berth::worker
