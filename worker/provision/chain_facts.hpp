#pragma once

#include <string_view>

#include "akash/chain.hpp"
#include "berth/v1/worker_service.pb.h"

namespace berth::worker {

akash::DeploymentId DeploymentIdOf(const v1::JobOrder& order);
/// The lease that the order's facts name.
akash::LeaseId LeaseIdOf(const v1::JobOrder& order);
v1::Lease ToProto(const akash::Lease& lease);

/// The newest message of that kind that the order has had, or nullptr.
const v1::OutboxMessage* LastMessage(const v1::Job& job, std::string_view kind);
/// True while its fate is open: nothing may be sent beside it.
bool InFlight(const v1::OutboxMessage& message);
/// The error of a message that will fail whenever it is sent again; nothing for all others.
std::optional<Error> LastingFailure(const v1::OutboxMessage& message);

}  // namespace berth::worker
