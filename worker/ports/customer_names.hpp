#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// A CNAME record that a customer keeps in his own zone, so that moves and renewals touch only
/// ours.
struct CustomerRecord {
    std::string name;
    std::string target;
};

/// What the world sees of customers' own names. Thread-safe; blocks until `deadline` at most.
class CustomerNames {
public:
    virtual ~CustomerNames() = default;
    /// Whether the name leads to the target, at once or through other aliases of the customer's.
    /// Errors: kPrecondition `CNAME_MISSING` with the record that is
    /// wanted and what is there instead; kUnavailable `DNS_UNAVAILABLE`.
    virtual Result<void> Check(const CustomerRecord& record, Deadline deadline) = 0;
};

}  // namespace berth::worker
