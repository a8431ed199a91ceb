#include "marketplace/rpc/status.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::rpc {
namespace {

using namespace std::chrono_literals;

/// Which field of a request a reason blames.
struct Blamed {
    std::string_view reason;
    std::string_view field;
};
constexpr auto kBlamed = std::to_array<Blamed>({
    {"BAD_AMOUNT", "event.content.cumulative"},
    {"BAD_CHANNEL_ID", "event.content.channel_id"},
    {"BAD_CHANNEL_PROOF", "event.content.proof"},
    {"BAD_EVENT", "event"},
    {"BAD_HOSTNAME", "event.content.custom_hostname"},
    {"BAD_JSON", "event"},
    {"BAD_PAGE_SIZE", "page_size"},
    {"BAD_PAGE_TOKEN", "page_token"},
    {"BAD_PLAN", "event.content.put_plan.plan"},
    {"BAD_TERMS", "event.content"},
    {"CLOCK_OFF", "event.created_at"},
    {"DUST", "event.content.cumulative"},
    {"EVENT_EXPIRED", "event.tags.expiration"},
    {"JSON_DUPLICATE_KEY", "event"},
    {"JSON_NOT_INTEGER", "event"},
    {"TOO_DEEP", "event"},
    {"TOO_LARGE", "event"},
    {"UNKNOWN_FORMAT", "format"},
    {"UNKNOWN_RAIL", "event.content.rail"},
    {"UNKNOWN_VERSION", "event.tags.v"},
    {"WRONG_KIND", "event.kind"},
    {"WRONG_MARKETPLACE", "event.tags.p"},
});

std::optional<std::string_view> FieldOf(const Error& error)
{
    if (error.code != ErrorCode::kInvalid) return std::nullopt;
    const auto blamed = std::find_if(kBlamed.begin(), kBlamed.end(), [&](const Blamed& entry) {
        return entry.reason == error.reason;
    });
    if (blamed == kBlamed.end()) return std::nullopt;
    return blamed->field;
}

/// How long to wait before the same call may work; nothing where it will not.
std::optional<std::chrono::milliseconds> RetryAfter(ErrorCode code)
{
    switch (code) {
        case ErrorCode::kExhausted: return 250ms;
        case ErrorCode::kAborted: return 1000ms;
        case ErrorCode::kUnavailable: return 1000ms;
        case ErrorCode::kTimeout: return 1000ms;
        case ErrorCode::kUnknown: return 1000ms;  // What is signed is answered by its event id.
        case ErrorCode::kInvalid:
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kForbidden:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kPrecondition:
        case ErrorCode::kUnimplemented:
        case ErrorCode::kInternal: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

grpc::StatusCode CodeOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::kInvalid: return grpc::StatusCode::INVALID_ARGUMENT;
        case ErrorCode::kUnauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
        case ErrorCode::kForbidden: return grpc::StatusCode::PERMISSION_DENIED;
        case ErrorCode::kNotFound: return grpc::StatusCode::NOT_FOUND;
        case ErrorCode::kConflict: return grpc::StatusCode::ALREADY_EXISTS;
        case ErrorCode::kPrecondition: return grpc::StatusCode::FAILED_PRECONDITION;
        case ErrorCode::kAborted: return grpc::StatusCode::ABORTED;
        case ErrorCode::kUnimplemented: return grpc::StatusCode::UNIMPLEMENTED;
        case ErrorCode::kExhausted: return grpc::StatusCode::RESOURCE_EXHAUSTED;
        case ErrorCode::kUnavailable: return grpc::StatusCode::UNAVAILABLE;
        case ErrorCode::kTimeout: return grpc::StatusCode::DEADLINE_EXCEEDED;
        case ErrorCode::kUnknown: return grpc::StatusCode::UNKNOWN;
        case ErrorCode::kInternal: return grpc::StatusCode::INTERNAL;
    }
    return grpc::StatusCode::INTERNAL;
}

grpc::Status ToStatus(const Error& error, const std::string& trace)
{
    google::rpc::Status status;
    status.set_code(CodeOf(error.code));
    status.set_message(error.message);

    google::rpc::ErrorInfo info;
    info.set_reason(error.reason);
    info.set_domain("berth.v1");
    if (!trace.empty()) (*info.mutable_metadata())["trace"] = trace;
    status.add_details()->PackFrom(info);

    if (const auto field = FieldOf(error)) {
        google::rpc::BadRequest bad;
        auto& violation = *bad.add_field_violations();
        violation.set_field(std::string{*field});
        violation.set_description(error.message);
        status.add_details()->PackFrom(bad);
    }
    if (const auto wait = RetryAfter(error.code)) {
        google::rpc::RetryInfo retry;
        retry.mutable_retry_delay()->set_seconds(wait->count() / 1000);
        retry.mutable_retry_delay()->set_nanos(static_cast<int>(wait->count() % 1000) * 1'000'000);
        status.add_details()->PackFrom(retry);
    }
    return {CodeOf(error.code), error.message, status.SerializeAsString()};
}

}  // namespace berth::rpc
