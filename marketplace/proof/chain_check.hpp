#pragma once

#include "akash/block_pace.hpp"
#include "akash/chain.hpp"
#include "core/base/error.hpp"
#include "core/money/conversion.hpp"
#include "marketplace/orders/order.hpp"

namespace berth::proof {

/// A lease as the marketplace has read it from the chain itself.
struct LeaseReading {
    akash::Lease lease;
    akash::Deployment deployment;
    akash::ChainStatus status;
};

/// Reads the lease of an order and compares it with what the worker reported: owner, deployment,
/// provider, price (in an asset that the books know) and manifest hash. Errors: kPrecondition
/// `LEASE_MISMATCH` for a difference; kNotFound `LEASE_NOT_SEEN` while the chain does not show it;
/// those of ChainReader.
Result<LeaseReading> ReadLease(akash::ChainReader& chain, const orders::OrderRow& order,
                               Deadline deadline);

/// What has been deposited for a lease, in whole units: what is left and what was withdrawn.
money::Amount DepositOf(const LeaseReading& reading);

/// Refuses a lease whose price, by our own measure of a block and our own price of ACT, is above
/// what the order can bear; a hundredth more is the difference of two measurements.
/// Errors: kPrecondition `LEASE_TOO_DEAR`; kNotFound `NO_BLOCK_PACE` before a pace is measured.
Result<void> CheckCeiling(const LeaseReading& reading, const orders::OrderRow& order,
                          const money::Price& act, const akash::BlockPace& pace);

}  // namespace berth::proof
