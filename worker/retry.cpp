#include "worker/retry.hpp"

#include <algorithm>

namespace berth::worker {

Disposition DispositionOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::kInvalid: return Disposition::kFail;
        case ErrorCode::kUnauthenticated: return Disposition::kRetry;  // A key being rotated.
        case ErrorCode::kForbidden: return Disposition::kRetry;  // An operator can put it right.
        case ErrorCode::kNotFound: return Disposition::kRetry;   // Not there yet.
        case ErrorCode::kConflict: return Disposition::kLook;
        case ErrorCode::kPrecondition: return Disposition::kRetry;
        case ErrorCode::kAborted: return Disposition::kRetry;
        case ErrorCode::kUnimplemented: return Disposition::kFail;
        case ErrorCode::kExhausted: return Disposition::kRetry;
        case ErrorCode::kUnavailable: return Disposition::kRetry;
        case ErrorCode::kTimeout: return Disposition::kRetry;
        case ErrorCode::kUnknown: return Disposition::kLook;
        case ErrorCode::kInternal: return Disposition::kRetry;
    }
    return Disposition::kRetry;
}

std::chrono::milliseconds BackoffOf(int attempt)
{
    using std::chrono::seconds;
    return std::min(seconds{60}, seconds{1 << std::clamp(attempt, 1, 6)});
}

}  // namespace berth::worker
