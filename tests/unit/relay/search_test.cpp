#include "relay-image/protocol/search.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

using Words = std::vector<std::string>;

TEST(SearchTest, CutsTextIntoLowerCaseWordsOfAnyScript)
{
    EXPECT_EQ(SearchWords("Best, nostr-apps of 2026!"),
              (Words{"2026", "apps", "best", "nostr", "of"}));
    EXPECT_EQ(SearchWords("ÄRGER Ωmega ПРИВЕТ"), (Words{"ärger", "ωmega", "привет"}));
    EXPECT_EQ(SearchWords("a A a"), Words{"a"});
    EXPECT_EQ(SearchWords(""), Words{});
    EXPECT_EQ(SearchWords("\xF0\x9F\x8C\x8A ... "), Words{}) << "signs are no words";
}

TEST(SearchTest, TakesIdeographsOneByOne)
{
    EXPECT_EQ(SearchWords("東京x"), (Words{"x", "京", "東"}));
    EXPECT_TRUE(HoldsWords("私は東京にいる", SearchQuery("東京")));
    EXPECT_FALSE(HoldsWords("私は東にいる", SearchQuery("東京")));
}

TEST(SearchTest, LooksAtSoManyWordsOfAContentOnly)
{
    std::string content;
    for (std::size_t i = 0; i < kMaxWordsOfEvent; ++i) content += "x ";
    EXPECT_TRUE(HoldsWords(content, "x"));
    EXPECT_FALSE(HoldsWords(content + "late", "late"));
}

TEST(SearchTest, DropsTheExtensionsOfAQuery)
{
    EXPECT_EQ(SearchQuery("Best apps language:en domain:example.com"), "apps best");
    EXPECT_EQ(SearchQuery("include:spam"), "");
    EXPECT_EQ(SearchQuery(": a: :b"), "a b");
    EXPECT_EQ(SearchQuery("at 12:30"), "12 30 at") << "a key is made of letters";
}

}  // namespace
}  // namespace berth::relay
