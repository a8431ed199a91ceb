#pragma once

#include <grpcpp/support/status.h>

#include "core/base/error.hpp"

namespace berth::wire {

/// The Error that a status other than OK stands for: its code, the reason of its ErrorInfo, its
/// message. Where the marketplace named no reason (it was not reached, or something between
/// answered): `MARKETPLACE_UNAVAILABLE`, `MARKETPLACE_TIMEOUT`, else `MARKETPLACE_ERROR`. Pure and
/// thread-safe.
Error ToError(const grpc::Status& status);

}  // namespace berth::wire
