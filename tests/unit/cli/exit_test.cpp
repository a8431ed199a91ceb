#include <gtest/gtest.h>

#include "cli/session.hpp"

namespace berth::cli {
namespace {

TEST(ExitTest, ARefusalIsNotWorthRepeating)
{
    for (const auto code : {ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kConflict,
                            ErrorCode::kPrecondition, ErrorCode::kUnimplemented}) {
        EXPECT_EQ(ExitOf(code), Exit::kRefused);
    }
}

TEST(ExitTest, WhatWasNotDoneMayBeTriedAgain)
{
    for (const auto code : {ErrorCode::kAborted, ErrorCode::kExhausted, ErrorCode::kUnavailable}) {
        EXPECT_EQ(ExitOf(code), Exit::kUnavailable);
    }
}

TEST(ExitTest, WhatMayHaveBeenDoneIsToldApart)
{
    EXPECT_EQ(ExitOf(ErrorCode::kTimeout), Exit::kUnknown);
    EXPECT_EQ(ExitOf(ErrorCode::kUnknown), Exit::kUnknown);
}

TEST(ExitTest, WhoMayNotIsToldApartFromOurOwnFault)
{
    EXPECT_EQ(ExitOf(ErrorCode::kForbidden), Exit::kNotAllowed);
    EXPECT_EQ(ExitOf(ErrorCode::kUnauthenticated), Exit::kNotAllowed);
    EXPECT_EQ(ExitOf(ErrorCode::kInternal), Exit::kFailed);
}

}  // namespace
}  // namespace berth::cli
