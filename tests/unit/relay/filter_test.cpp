#include "relay-image/protocol/filter.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "relay-image/protocol/filter_memory.hpp"

namespace berth::relay {
namespace {

const std::string kAlice(64, 'a');
const std::string kBob(64, 'b');

Filter Parsed(const std::string& text) { return *ParseFilter(boost::json::parse(text)); }

std::string ReasonOf(const std::string& text)
{
    const auto filter = ParseFilter(boost::json::parse(text));
    return filter ? "" : filter.error().reason;
}

nostr::Event AnEvent()
{
    return {.id = std::string(64, '1'),
            .pubkey = kAlice,
            .created_at = 100,
            .kind = 1,
            .tags = {{"t", "sea"}, {"t", "land"}, {"e", kBob}, {"d"}, {"long", "x"}},
            .content = "",
            .sig = ""};
}

TEST(FilterTest, WithoutConditionsMatchesEverything)
{
    EXPECT_TRUE(Parsed("{}").Matches(AnEvent()));
    EXPECT_TRUE(Parsed(R"({"limit":0})").Matches(AnEvent()));
}

TEST(FilterTest, NeedsOneValueOfEachList)
{
    EXPECT_TRUE(Parsed(R"({"kinds":[7,1]})").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"kinds":[7]})").Matches(AnEvent()));
    EXPECT_TRUE(Parsed("{\"authors\":[\"" + kBob + "\",\"" + kAlice + "\"]}").Matches(AnEvent()));
    EXPECT_FALSE(Parsed("{\"authors\":[\"" + kBob + "\"]}").Matches(AnEvent()));
    EXPECT_TRUE(Parsed("{\"ids\":[\"" + AnEvent().id + "\"]}").Matches(AnEvent()));
    EXPECT_FALSE(Parsed("{\"kinds\":[1],\"authors\":[\"" + kBob + "\"]}").Matches(AnEvent()));
}

TEST(FilterTest, NeedsEveryTagThatItNames)
{
    EXPECT_TRUE(Parsed(R"({"#t":["land","sky"]})").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"#t":["sky"]})").Matches(AnEvent()));
    EXPECT_TRUE(Parsed("{\"#t\":[\"sea\"],\"#e\":[\"" + kBob + "\"]}").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"#t":["sea"],"#p":["x"]})").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"#d":[""]})").Matches(AnEvent())) << "a tag without a value has none";
    EXPECT_FALSE(Parsed(R"({"#T":["sea"]})").Matches(AnEvent())) << "letters have case";
}

TEST(FilterTest, IncludesBothEndsOfItsTime)
{
    EXPECT_TRUE(Parsed(R"({"since":100,"until":100})").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"since":101})").Matches(AnEvent()));
    EXPECT_FALSE(Parsed(R"({"until":99})").Matches(AnEvent()));
}

TEST(FilterTest, WithAnEmptyListMatchesNothing)
{
    for (const auto* text : {R"({"ids":[]})", R"({"authors":[]})", R"({"kinds":[]})",
                             R"({"#t":[]})", R"({"since":2,"until":1})"}) {
        EXPECT_TRUE(Parsed(text).MatchesNothing()) << text;
        EXPECT_FALSE(Parsed(text).Matches(AnEvent())) << text;
    }
    EXPECT_FALSE(Parsed("{}").MatchesNothing());
}

TEST(FilterTest, FindsContentsThatHoldEveryWordOfItsSearch)
{
    auto event = AnEvent();
    event.content = "Orange groves, by the SEA.";
    EXPECT_TRUE(Parsed(R"({"search":"sea orange"})").Matches(event));
    EXPECT_TRUE(Parsed(R"({"search":"Sea, language:en include:spam"})").Matches(event));
    EXPECT_FALSE(Parsed(R"({"search":"sea apple"})").Matches(event));
    EXPECT_FALSE(Parsed(R"({"search":"oran"})").Matches(event)) << "words are whole";
    EXPECT_FALSE(Parsed(R"({"search":"sea","kinds":[7]})").Matches(event));
    EXPECT_EQ(Parsed(R"({"search":"include:spam"})").search, std::nullopt);
    EXPECT_EQ(Parsed(R"({"search":"b  a b"})").search, "a b");
    EXPECT_EQ(ReasonOf("{\"search\":\"" + std::string(1025, 'x') + "\"}"), "BAD_FILTER");
}

TEST(FilterTest, LetsGiftWrapsThroughToTheirReadersOnly)
{
    auto wrap = AnEvent();
    wrap.kind = 1059;
    wrap.tags = {{"p", kBob}};
    auto filter = Parsed("{}");
    EXPECT_TRUE(filter.Matches(wrap)) << "the session has set no readers";
    filter.wraps_for = {kAlice};
    EXPECT_FALSE(filter.Matches(wrap));
    EXPECT_TRUE(filter.Matches(AnEvent())) << "only gift wraps are withheld";
    filter.wraps_for = {kAlice, kBob};
    EXPECT_TRUE(filter.Matches(wrap));
    auto wraps = Parsed(R"({"kinds":[1059]})");
    EXPECT_FALSE(wraps.MatchesNothing());
    wraps.wraps_for.emplace();
    EXPECT_TRUE(wraps.MatchesNothing());
}

TEST(FilterTest, RefusesMalformedFields)
{
    for (const auto* text :
         {"[]", R"({"ids":"x"})", R"({"ids":["ab"]})", R"({"kinds":[65536]})", R"({"kinds":[-1]})",
          R"({"kinds":["1"]})", R"({"since":-1})", R"({"limit":-1})", R"({"limit":"1"})",
          R"({"until":1.5})", R"({"search":1})", R"({"#t":[1]})", R"({"#t":"sea"})"}) {
        EXPECT_EQ(ReasonOf(text), "BAD_FILTER") << text;
    }
    EXPECT_EQ(ReasonOf("{\"authors\":[\"" + std::string(64, 'A') + "\"]}"), "BAD_FILTER");
}

TEST(FilterTest, RefusesFieldsItDoesNotKnow)
{
    for (const auto* text : {R"({"Search":"x"})", R"({"wraps_for":[]})", R"({"#tt":["x"]})",
                             R"({"#1":["x"]})", R"({"":1})"}) {
        EXPECT_EQ(ReasonOf(text), "UNKNOWN_FILTER_FIELD") << text;
    }
}

TEST(FilterTest, TakesMemoryForEachOfItsValues)
{
    const auto memory = [](const std::string& text) { return MemoryOf({Parsed(text)}); };
    const auto empty = memory("{}");
    EXPECT_GE(empty, sizeof(Filter));
    EXPECT_EQ(MemoryOf({Parsed("{}"), Parsed("{}")}), 2 * empty);
    EXPECT_EQ(memory(R"({"since":1,"until":2,"limit":3})"), empty);
    const auto author = memory(R"({"authors":[")" + kAlice + R"("]})") - empty;
    EXPECT_GE(author, 2 * (sizeof(std::string) + kAlice.size()));
    EXPECT_EQ(memory(R"({"ids":[")" + kAlice + R"("]})") - empty, author);
    EXPECT_EQ(memory(R"({"authors":[")" + kAlice + R"(",")" + kBob + R"("]})") - empty, 2 * author);
    const auto letter = memory(R"({"#t":["a","b"]})") - memory(R"({"#t":["a"]})");
    EXPECT_GE(letter, 2 * sizeof(std::string));
    EXPECT_GT(memory(R"({"kinds":[1]})"), empty);
}

}  // namespace
}  // namespace berth::relay
