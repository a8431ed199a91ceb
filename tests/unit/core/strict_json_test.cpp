#include <gtest/gtest.h>

#include "core/base/strict_json.hpp"

namespace berth {
namespace {

std::string ReasonFor(std::string_view text, const JsonLimits& limits = {})
{
    const auto value = ParseJsonStrict(text, limits);
    return value ? "" : value.error().reason;
}

TEST(StrictJsonTest, TakesOrdinaryDocuments)
{
    for (const auto* text : {"{}", "[]", R"({"a":1,"b":{"a":2}})", R"(["é","😀","\n"])", "true",
                             "1.5", R"([{"a":1},{"a":1}])"}) {
        EXPECT_EQ(ReasonFor(text), "") << text;
    }
}

TEST(StrictJsonTest, RefusesDuplicateKeysAtAnyDepth)
{
    EXPECT_EQ(ReasonFor(R"({"a":1,"a":1})"), "JSON_DUPLICATE_KEY");
    EXPECT_EQ(ReasonFor(R"([{"x":{"a":1,"b":2,"a":3}}])"), "JSON_DUPLICATE_KEY");
    EXPECT_EQ(ReasonFor(R"({"a":1,"\u0061":2})"), "JSON_DUPLICATE_KEY");
}

TEST(StrictJsonTest, RefusesWhatIsNotUnicode)
{
    EXPECT_EQ(ReasonFor(R"("\ud83d")"), "BAD_JSON");
    EXPECT_EQ(ReasonFor(R"("\ude00\ud83d")"), "BAD_JSON");
    EXPECT_EQ(ReasonFor("\"\xff\""), "BAD_JSON");
    EXPECT_EQ(ReasonFor("\"\xed\xa0\x80\""), "BAD_JSON");
}

TEST(StrictJsonTest, RefusesBrokenGrammar)
{
    for (const auto* text :
         {"", "{", "{}x", "[1,]", "{a:1}", "'a'", "01", "NaN", "// c\n1", "\"\t\""}) {
        EXPECT_EQ(ReasonFor(text), "BAD_JSON") << text;
    }
}

TEST(StrictJsonTest, TakesOnlyIntegersWhereAsked)
{
    const JsonLimits integers{.integers_only = true};
    EXPECT_EQ(ReasonFor("[1,-1,0,9223372036854775807]", integers), "");
    for (const auto* text : {"1.0", "1e3", "-0.5", "18446744073709551616"}) {
        EXPECT_EQ(ReasonFor(text, integers), "JSON_NOT_INTEGER") << text;
    }
}

TEST(StrictJsonTest, KeepsToItsLimits)
{
    EXPECT_EQ(ReasonFor("[1,2,3]", {.bytes = 6}), "TOO_LARGE");
    EXPECT_EQ(ReasonFor("[[[1]]]", {.depth = 2}), "TOO_DEEP");
    EXPECT_EQ(ReasonFor("[[1]]", {.depth = 2}), "");
    EXPECT_EQ(ReasonFor(std::string(200'000, '[')), "TOO_DEEP");
}

}  // namespace
}  // namespace berth
