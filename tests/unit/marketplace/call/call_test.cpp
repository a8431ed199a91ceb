#include "marketplace/call/call.hpp"

#include <gtest/gtest.h>

namespace berth::call {
namespace {

Call CallBy(std::string caller, std::set<Role> roles = {})
{
    Call call;
    call.caller = std::move(caller);
    call.roles = std::move(roles);
    return call;
}

TEST(CallTest, KnowsItsCaller) { EXPECT_EQ(CallerOf(CallBy("ab")).value(), "ab"); }

TEST(CallTest, RefusesNobody)
{
    const auto caller = CallerOf(CallBy(""));
    ASSERT_TRUE(caller.has_error());
    EXPECT_EQ(caller.error().code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(caller.error().reason, "NOT_AUTHENTICATED");
}

TEST(CallTest, RequiresTheRoleThatIsAskedFor)
{
    EXPECT_TRUE(Require(CallBy("ab", {Role::kFinance}), Role::kFinance).has_value());
    const auto refused = Require(CallBy("ab", {Role::kCustomer, Role::kOperator}), Role::kFinance);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(refused.error().reason, "ROLE_MISSING");
    EXPECT_EQ(Require(CallBy("", {Role::kFinance}), Role::kFinance).error().reason,
              "NOT_AUTHENTICATED");
}

TEST(PageTest, CoercesTheSize)
{
    EXPECT_EQ(ReadPage(0, "", "list").value().size, 50);
    EXPECT_EQ(ReadPage(7, "", "list").value().size, 7);
    EXPECT_EQ(ReadPage(100'000, "", "list").value().size, 200);
    EXPECT_EQ(ReadPage(-1, "", "list").error().reason, "BAD_PAGE_SIZE");
}

TEST(PageTest, GoesOnWhereItsTokenSays)
{
    const auto token = MakePageToken("2026-11-23/abc", "orders:me");
    const auto page = ReadPage(10, token, "orders:me");
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->after, "2026-11-23/abc");
}

TEST(PageTest, HasNoTokenAtTheEnd)
{
    EXPECT_TRUE(MakePageToken("", "orders:me").empty());
    EXPECT_TRUE(ReadPage(10, "", "orders:me").value().after.empty());
}

TEST(PageTest, RefusesATokenOfOtherArguments)
{
    const auto token = MakePageToken("2026-11-23/abc", "orders:me");
    EXPECT_EQ(ReadPage(10, token, "orders:you").error().reason, "BAD_PAGE_TOKEN");
}

TEST(PageTest, RefusesWhatIsNoToken)
{
    for (const auto* token : {"x", "====", "AAAAAAAAAAA=", "AAAAAAAAAAAAAAAA", "../../etc"}) {
        EXPECT_EQ(ReadPage(10, token, "list").error().reason, "BAD_PAGE_TOKEN") << token;
    }
    EXPECT_EQ(ReadPage(10, std::string(5000, 'A'), "list").error().reason, "BAD_PAGE_TOKEN");
}

TEST(PageTest, DoesNotMistakeArgumentsForThePosition)
{
    const auto token = MakePageToken("ab", "c");
    EXPECT_NE(token, MakePageToken("a", "bc"));
    EXPECT_EQ(ReadPage(10, token, "bc").error().reason, "BAD_PAGE_TOKEN");
}

}  // namespace
}  // namespace berth::call
