#include "core/wire/grpc_error.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::wire {
namespace {

ErrorCode CodeOf(grpc::StatusCode code)
{
    switch (code) {
        case grpc::StatusCode::INVALID_ARGUMENT:
        case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::kInvalid;
        case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kUnauthenticated;
        case grpc::StatusCode::PERMISSION_DENIED: return ErrorCode::kForbidden;
        case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
        case grpc::StatusCode::ALREADY_EXISTS: return ErrorCode::kConflict;
        case grpc::StatusCode::FAILED_PRECONDITION: return ErrorCode::kPrecondition;
        case grpc::StatusCode::ABORTED: return ErrorCode::kAborted;
        case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::kUnimplemented;
        case grpc::StatusCode::RESOURCE_EXHAUSTED: return ErrorCode::kExhausted;
        case grpc::StatusCode::UNAVAILABLE: return ErrorCode::kUnavailable;
        case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kTimeout;
        case grpc::StatusCode::CANCELLED:
        case grpc::StatusCode::UNKNOWN: return ErrorCode::kUnknown;
        default: return ErrorCode::kInternal;
    }
}

std::string ReasonWithoutInfo(ErrorCode code)
{
    if (code == ErrorCode::kUnavailable) return "MARKETPLACE_UNAVAILABLE";
    if (code == ErrorCode::kTimeout) return "MARKETPLACE_TIMEOUT";
    return "MARKETPLACE_ERROR";
}

}  // namespace

Error ToError(const grpc::Status& status)
{
    const auto code = CodeOf(status.error_code());
    Error error{code, ReasonWithoutInfo(code), status.error_message()};
    google::rpc::Status rich;
    if (!rich.ParseFromString(status.error_details())) return error;
    for (const auto& detail : rich.details()) {
        google::rpc::ErrorInfo info;
        if (detail.UnpackTo(&info) && !info.reason().empty()) error.reason = info.reason();
    }
    return error;
}

}  // namespace berth::wire
