#include "marketplace/db/values.hpp"

#include <gmock/gmock.h>

namespace berth::db {
namespace {

TEST(ValuesTest, TimesAreWrittenToTheMicrosecond)
{
    EXPECT_EQ(ToSql(Time{std::chrono::microseconds{1'767'225'600'000'001}}),
              "2026-01-01 00:00:00.000001+00");
    EXPECT_EQ(ToSql(Time{std::chrono::microseconds{-1}}), "1969-12-31 23:59:59.999999+00");
}

}  // namespace
}  // namespace berth::db
