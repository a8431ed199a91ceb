#include "core/wire/grpc_error.hpp"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace berth::wire {
namespace {

grpc::Status WithReason(grpc::StatusCode code, const std::string& reason)
{
    google::rpc::Status rich;
    google::rpc::RetryInfo retry;
    rich.add_details()->PackFrom(retry);
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    rich.add_details()->PackFrom(info);
    return {code, "What happened.", rich.SerializeAsString()};
}

TEST(GrpcErrorTest, BringsBackCodeReasonAndMessage)
{
    const auto error = ToError(WithReason(grpc::StatusCode::UNIMPLEMENTED, "RAIL_NOT_SERVED"));
    EXPECT_EQ(error, Fail(ErrorCode::kUnimplemented, "RAIL_NOT_SERVED", "What happened."));
}

TEST(GrpcErrorTest, TellsALostLeaseFromAWrongState)
{
    EXPECT_EQ(ToError(WithReason(grpc::StatusCode::ABORTED, "A")).code, ErrorCode::kAborted);
    EXPECT_EQ(ToError(WithReason(grpc::StatusCode::FAILED_PRECONDITION, "A")).code,
              ErrorCode::kPrecondition);
}

TEST(GrpcErrorTest, HoldsAnOutcomeUnknownThatNobodyTold)
{
    EXPECT_EQ(ToError({grpc::StatusCode::UNKNOWN, ""}).code, ErrorCode::kUnknown);
    EXPECT_EQ(ToError({grpc::StatusCode::CANCELLED, ""}).code, ErrorCode::kUnknown);
}

TEST(GrpcErrorTest, NamesAReasonWhereTheMarketplaceDidNot)
{
    EXPECT_EQ(ToError({grpc::StatusCode::UNAVAILABLE, ""}).reason, "MARKETPLACE_UNAVAILABLE");
    EXPECT_EQ(ToError({grpc::StatusCode::DEADLINE_EXCEEDED, ""}).reason, "MARKETPLACE_TIMEOUT");
    EXPECT_EQ(ToError({grpc::StatusCode::DATA_LOSS, ""}).reason, "MARKETPLACE_ERROR");
    EXPECT_EQ(ToError({grpc::StatusCode::INTERNAL, "", "not a message"}).reason,
              "MARKETPLACE_ERROR");
}

}  // namespace
}  // namespace berth::wire
