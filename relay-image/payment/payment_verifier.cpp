#include "relay-image/payment/payment_verifier.hpp"

namespace berth::relay {

bool IsOutage(const Error& error)
{
    switch (error.code) {
        case ErrorCode::kUnavailable:
        case ErrorCode::kTimeout:
        case ErrorCode::kUnknown:
        case ErrorCode::kAborted:
        case ErrorCode::kUnimplemented:
        case ErrorCode::kExhausted:
        case ErrorCode::kInternal: return true;
        case ErrorCode::kInvalid:
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kForbidden:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kPrecondition: return false;
    }
    return true;
}

}  // namespace berth::relay
