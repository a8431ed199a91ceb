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
/// provider, price and manifest hash. Errors: kPrecondition
/// `LEASE_MISMATCH` for a difference; kNotFound `LEASE_NOT_SEEN` while the chain does not show it;
/// those of ChainReader.
Result<LeaseReading> ReadLease(akash::ChainReader& chain, const orders::OrderRow& order,
                               Deadline deadline);

/// What has been deposited for a lease, in whole units: what is left and what was withdrawn.
money::Amount DepositOf(const LeaseReading& reading);

/// The price that a lease paid in `denom` is counted with: the newest that there is, whose `usd_e8`
/// is 0 where there is none. Then one ACT is a dollar, and nothing else may pay for a lease.
/// Errors: kPrecondition `LEASE_UNPRICED`.
Result<money::Price> PriceForLease(const std::string& denom, const money::Price& newest);

/// Refuses a lease whose price, by our own measure of a block and our own price of what it is paid
/// in, is above what the order can bear; a hundredth more is the difference of two measurements.
/// Errors: kPrecondition `LEASE_TOO_DEAR`; kNotFound `NO_BLOCK_PACE` before a pace is measured.
Result<void> CheckCeiling(const LeaseReading& reading, const orders::OrderRow& order,
                          const money::Price& price, const akash::BlockPace& pace);

}  // namespace berth::proof
