#pragma once

#include "akash/sandbox/chain/state.hpp"

namespace berth::sandbox {

/// Moves what open leases earned since the last settlement, up to the funds. Where they do not
/// suffice, the account is overdrawn and the deployment closes. False in that case.
bool Settle(DeploymentState& deployment, std::int64_t height);

/// Puts a deposit into an escrow. Errors: Refusal, as the chain words it.
void DepositInto(ChainState& state, EscrowState& escrow, const DepositState& deposit);

/// Pays a lease's balance to its provider.
void Withdraw(ChainState& state, LeaseState& lease);

/// Gives the funds left back to the depositors and closes the account.
void Refund(ChainState& state, EscrowState& escrow);

/// 10^18.
Amount OneE18();

}  // namespace berth::sandbox
