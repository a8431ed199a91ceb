#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "core/base/error.hpp"

namespace berth::rpc {

/// The gRPC code of an error.
grpc::StatusCode CodeOf(ErrorCode code);

/// The error as every gRPC client understands it: code, message and, as `grpc-status-details-bin`,
/// a google.rpc.Status with ErrorInfo (reason, domain `berth.v1`, metadata `trace`), BadRequest
/// where a field is to blame, and RetryInfo where trying again helps. Pure and thread-safe.
grpc::Status ToStatus(const Error& error, const std::string& trace);

}  // namespace berth::rpc
