#include "relay-image/archive/data_item.hpp"

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/archive/archive_place.hpp"

namespace berth::relay {
namespace {

DataItemKey AKey()
{
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "1f";
    return DataItemKey::Parse(Secret{hex}).value();
}

constexpr std::string_view kOwner =
    "43046bfe4092b3e94994eada15dcc20d8aaa07b658fd3954eb8e0efb8bdca5de";

// Both items were made by @dha-team/arbundles 1.0.4 from the same key.
TEST(DataItemTest, IsByteForByteWhatOthersMake)
{
    const auto item = MakeDataItem(AKey(), {}, "hello");
    EXPECT_EQ(item.id, "OXMTtsw1pVH7jaC_Jfw-RjUjtEnX4yN_2P0FgkNk-Js");
    EXPECT_EQ(ToHex(item.bytes),
              "0200f9fee7ebad9d61f6c01a4f3e7ffdb253144d69c746403e776aa6bc7034d3c6c0a41e86b20e0756ee"
              "16a4b50d8f5687d2c1b7ad53efbfd7ad19577c0af8aea70b" +
                  std::string{kOwner} + "00000000000000000000000000000000000068656c6c6f");
}

TEST(DataItemTest, CarriesTagsAsOthersWriteThem)
{
    const auto item =
        MakeDataItem(AKey(), {{"App-Name", "berth-relay"}, {"x", std::string(100, 'y')}}, "hello");
    EXPECT_EQ(item.id, "LYdrB3b7JGsupGV_vg4ZrBmuqyB53eHfMzVF2Re1Si4");
    const auto tags = ToHex(item.bytes).substr(2 * (2 + 64 + 32 + 2));
    EXPECT_TRUE(tags.starts_with("02000000000000007f0000000000000004104170702d4e616d6516"));
}

TEST(DataItemKeyTest, TakesNothingButThirtyTwoBytes)
{
    EXPECT_EQ(ToHex(AKey().public_key()), kOwner);
    for (const auto* text : {"", "1f", "zz"}) {
        const auto key = DataItemKey::Parse(Secret{text});
        ASSERT_TRUE(key.has_error()) << text;
        EXPECT_EQ(key.error().reason, "BAD_ARCHIVE_KEY");
    }
}

TEST(ArchivedPieceTest, ReadsTheListThatItWrites)
{
    const std::vector<ArchivedPiece> pieces{
        {.name = "a", .day = "2026-01-02", .events = 3, .reference = "2026-01-02/a"},
        {.name = "b", .day = "2026-01-03", .events = 1, .reference = "x\"y"}};
    EXPECT_EQ(ReadPieces(ToLines(pieces)).value(), pieces);
    EXPECT_TRUE(ReadPieces("").value().empty());
    for (const auto* text : {"x", "{}", R"({"day":"d","events":"3","name":"n","reference":"r"})"}) {
        const auto read = ReadPieces(text);
        ASSERT_TRUE(read.has_error()) << text;
        EXPECT_EQ(read.error().reason, "BAD_ARCHIVE_LIST");
    }
}

}  // namespace
}  // namespace berth::relay
