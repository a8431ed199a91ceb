#pragma once

#include "akash/chain.hpp"
#include "core/base/error.hpp"
#include "marketplace/orders/order.hpp"

namespace berth::proof {

/// A lease as the marketplace has read it from the chain itself.
struct LeaseReading {
    akash::Lease lease;
    akash::Deployment deployment;
    std::int64_t height = 0;
};

/// Reads the lease of an order and compares it with what the worker reported: owner, deployment,
/// provider, price and manifest hash. Errors: kPrecondition `LEASE_MISMATCH` for a difference;
/// kNotFound `LEASE_NOT_SEEN` while the chain does not show it; those of ChainReader.
Result<LeaseReading> ReadLease(akash::ChainReader& chain, const orders::OrderRow& order,
                               Deadline deadline);

}  // namespace berth::proof
