#pragma once

#include <boost/json/object.hpp>

#include "akash/sandbox/chain/state.hpp"

namespace berth::sandbox {

/// The state's parts in the JSON of the real node: 64-bit integers as strings, 32-bit as numbers.
boost::json::object DeploymentIdJson(const akash::DeploymentId& id);
boost::json::object BidIdJson(const akash::LeaseId& id);
boost::json::object EscrowJson(const std::string& scope, const std::string& xid,
                               const EscrowState& escrow);
boost::json::object GroupJson(const DeploymentState& deployment, const GroupState& group);
boost::json::object DeploymentJson(const DeploymentState& deployment);
boost::json::object OrderJson(const DeploymentState& deployment, const OrderState& order);
boost::json::object BidJson(const DeploymentState& deployment, const BidState& bid);
boost::json::object PaymentJson(const DeploymentState& deployment, const LeaseState& lease);
boost::json::object LeaseJson(const DeploymentState& deployment, const LeaseState& lease);
boost::json::object ProviderJson(const ProviderState& provider);

}  // namespace berth::sandbox
