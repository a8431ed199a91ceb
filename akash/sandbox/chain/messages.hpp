#pragma once

#include "akash/sandbox/chain/state.hpp"

namespace berth::sandbox {

/// Runs one message (Cosmos JSON with `@type`) on a state at a height, adding its events.
/// Throws Refusal in the chain's words; the caller drops the state then.
void RunMessage(ChainState& state, const boost::json::value& message, std::int64_t height,
                std::vector<Event>& events);

/// The account that has to sign a message.
std::string SignerOf(const boost::json::value& message);
/// Gas that running a message takes when it succeeds.
std::uint64_t GasOf(const boost::json::value& message);

/// A provider's moves, which come in by the block and not by a signed transaction here.
void PlaceBid(ChainState& state, const BidState& bid, const std::string& denom, Amount deposit);
void WithdrawLeases(ChainState& state, DeploymentState& deployment, std::int64_t height);

/// The most that a group pays for one block.
Amount CeilingOf(const GroupState& group);
/// True where a provider's attributes are all that a group requires.
bool Satisfies(const std::vector<std::pair<std::string, std::string>>& attributes,
               const GroupState& group);

/// Ids as they stand in a message.
akash::DeploymentId ReadDeploymentId(const boost::json::value& id);
akash::LeaseId ReadLeaseId(const boost::json::value& id);

}  // namespace berth::sandbox
