#include "marketplace/rpc/status.hpp"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::rpc {
namespace {

using google::rpc::BadRequest;
using google::rpc::ErrorInfo;
using google::rpc::RetryInfo;

google::rpc::Status RichOf(const grpc::Status& status)
{
    google::rpc::Status rich;
    EXPECT_TRUE(rich.ParseFromString(status.error_details()));
    return rich;
}

/// The detail of that type, if there is one.
template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status)
{
    const auto rich = RichOf(status);
    for (const auto& any : rich.details()) {
        Detail detail;
        if (any.UnpackTo(&detail)) return detail;
    }
    return std::nullopt;
}

grpc::Status StatusOf(ErrorCode code, const std::string& reason = "SOME_REASON")
{
    return ToStatus(Fail(code, reason, "What happened."), "cafe");
}

TEST(StatusTest, GivesEachErrorCodeItsOwnGrpcCode)
{
    EXPECT_EQ(CodeOf(ErrorCode::kInvalid), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(CodeOf(ErrorCode::kUnauthenticated), grpc::StatusCode::UNAUTHENTICATED);
    EXPECT_EQ(CodeOf(ErrorCode::kForbidden), grpc::StatusCode::PERMISSION_DENIED);
    EXPECT_EQ(CodeOf(ErrorCode::kNotFound), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(CodeOf(ErrorCode::kConflict), grpc::StatusCode::ALREADY_EXISTS);
    EXPECT_EQ(CodeOf(ErrorCode::kPrecondition), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(CodeOf(ErrorCode::kAborted), grpc::StatusCode::ABORTED);
    EXPECT_EQ(CodeOf(ErrorCode::kUnimplemented), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_EQ(CodeOf(ErrorCode::kExhausted), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(CodeOf(ErrorCode::kUnavailable), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(CodeOf(ErrorCode::kTimeout), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_EQ(CodeOf(ErrorCode::kUnknown), grpc::StatusCode::UNKNOWN);
    EXPECT_EQ(CodeOf(ErrorCode::kInternal), grpc::StatusCode::INTERNAL);
}

TEST(StatusTest, CarriesTheStableReason)
{
    const auto status = StatusOf(ErrorCode::kNotFound, "UNKNOWN_ORDER");
    EXPECT_EQ(status.error_message(), "What happened.");
    EXPECT_EQ(RichOf(status).code(), static_cast<int>(status.error_code()));
    const auto info = DetailOf<ErrorInfo>(status);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->reason(), "UNKNOWN_ORDER");
    EXPECT_EQ(info->domain(), "berth.v1");
    EXPECT_EQ(info->metadata().at("trace"), "cafe");
}

TEST(StatusTest, NamesTheFieldThatIsToBlame)
{
    const auto bad = DetailOf<BadRequest>(StatusOf(ErrorCode::kInvalid, "BAD_PAGE_TOKEN"));
    ASSERT_TRUE(bad.has_value());
    EXPECT_EQ(bad->field_violations(0).field(), "page_token");
    EXPECT_EQ(bad->field_violations(0).description(), "What happened.");
    EXPECT_FALSE(DetailOf<BadRequest>(StatusOf(ErrorCode::kNotFound)).has_value());
}

TEST(StatusTest, SaysWhenToTryAgainOnlyWhereThatHelps)
{
    for (const auto code : {ErrorCode::kAborted, ErrorCode::kExhausted, ErrorCode::kUnavailable,
                            ErrorCode::kTimeout}) {
        EXPECT_TRUE(DetailOf<RetryInfo>(StatusOf(code)).has_value());
    }
    for (const auto code :
         {ErrorCode::kInvalid, ErrorCode::kForbidden, ErrorCode::kPrecondition,
          ErrorCode::kConflict, ErrorCode::kUnimplemented, ErrorCode::kInternal}) {
        EXPECT_FALSE(DetailOf<RetryInfo>(StatusOf(code)).has_value());
    }
}

}  // namespace
}  // namespace berth::rpc
