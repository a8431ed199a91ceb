#include "worker/retry.hpp"

#include <gtest/gtest.h>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

TEST(RetryTest, FailsWhatWouldFailAgain)
{
    EXPECT_EQ(DispositionOf(ErrorCode::kInvalid), Disposition::kFail);
    EXPECT_EQ(DispositionOf(ErrorCode::kUnimplemented), Disposition::kFail);
}

TEST(RetryTest, LooksWhereTheOutcomeIsNotKnown)
{
    EXPECT_EQ(DispositionOf(ErrorCode::kUnknown), Disposition::kLook);
    EXPECT_EQ(DispositionOf(ErrorCode::kConflict), Disposition::kLook);
}

TEST(RetryTest, TriesAgainWhateverMayPass)
{
    for (const auto code :
         {ErrorCode::kUnauthenticated, ErrorCode::kForbidden, ErrorCode::kNotFound,
          ErrorCode::kPrecondition, ErrorCode::kAborted, ErrorCode::kExhausted,
          ErrorCode::kUnavailable, ErrorCode::kTimeout, ErrorCode::kInternal}) {
        EXPECT_EQ(DispositionOf(code), Disposition::kRetry);
    }
}

TEST(RetryTest, WaitsLongerEachTimeUpToAMinute)
{
    EXPECT_EQ(BackoffOf(1), 2s);
    EXPECT_EQ(BackoffOf(3), 8s);
    EXPECT_EQ(BackoffOf(6), 60s);
    EXPECT_EQ(BackoffOf(1000), 60s);
    EXPECT_EQ(BackoffOf(-1), 2s);
}

}  // namespace
}  // namespace berth::worker
