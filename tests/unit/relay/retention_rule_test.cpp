#include "relay-image/retention/retention_rule.hpp"

#include <gtest/gtest.h>

#include "core/config/load.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

TEST(RetentionRuleTest, IsReadFromWords)
{
    const auto rule = ParseRetentionRule("kinds=7+1 authors=other+paid age=30d count=1000").value();
    EXPECT_EQ(rule.kinds, (std::vector{1, 7}));
    EXPECT_EQ(rule.authors, (std::set{AuthorClass::kOther, AuthorClass::kPaid}));
    EXPECT_EQ(rule.age, std::chrono::seconds{30 * 24h});
    EXPECT_EQ(rule.count, 1'000);
}

TEST(RetentionRuleTest, SparesTheOwnerUnlessHeIsNamed)
{
    const auto rule = ParseRetentionRule("age=10s").value();
    EXPECT_EQ(rule.kinds, std::nullopt);
    EXPECT_FALSE(rule.authors.contains(AuthorClass::kOwner));
    EXPECT_EQ(rule.authors.size(), 3U);
    EXPECT_TRUE(
        ParseRetentionRule("authors=owner age=1s").value().authors.contains(AuthorClass::kOwner));
}

TEST(RetentionRuleTest, RefusesWhatItCannotRead)
{
    for (const auto* text :
         {"", "kinds=1", "age=30", "age=x", "count=-1", "count=", "kinds=70000 age=1d",
          "kinds= age=1d", "authors=friend age=1d", "authors= age=1d", "size=5", "age=1d age=2d"}) {
        EXPECT_EQ(ParseRetentionRule(text).error().reason, "CONFIG_BAD_VALUE") << text;
    }
}

TEST(RetentionSettingsTest, AreNothingUnlessSet)
{
    const auto read = [](std::map<std::string, std::string> environment) {
        const auto loaded = config::Load(DeclaredRetentionSettings(),
                                         {.flags_and_words = {}, .environment = environment});
        return ReadRetentionSettings(loaded.value().config);
    };
    EXPECT_TRUE(read({}).value().empty());
    const auto set = read({{"BERTH_RELAY_RETENTION", "age=90d,kinds=7 count=10"},
                           {"BERTH_RELAY_MAX_DATABASE_MB", "2"}})
                         .value();
    EXPECT_EQ(set.rules.size(), 2U);
    EXPECT_EQ(set.max_bytes, 2 << 20);
    EXPECT_EQ(read({{"BERTH_RELAY_RETENTION", "forever"}}).error().reason, "CONFIG_BAD_VALUE");
}

TEST(RetentionDocumentTest, TellsWhatHoldsForAStranger)
{
    EXPECT_EQ(RetentionDocument({}), "");
    RetentionSettings settings{.rules = {ParseRetentionRule("kinds=7 age=1d count=5").value(),
                                         ParseRetentionRule("authors=member age=9d").value()}};
    EXPECT_EQ(RetentionDocument(settings),
              R"([{"kinds":[7],"time":86400,"count":5},{"kinds":[0,3,10002],"time":null}])");
    settings.rules.erase(settings.rules.begin());
    EXPECT_EQ(RetentionDocument(settings), "") << "members only";
    settings.max_bytes = 1'000;
    EXPECT_EQ(RetentionDocument(settings), R"([{"bytes":1000},{"kinds":[0,3,10002],"time":null}])");
}

}  // namespace
}  // namespace berth::relay
