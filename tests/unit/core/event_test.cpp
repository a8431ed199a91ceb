#include <gtest/gtest.h>

#include "core/nostr/event.hpp"
#include "core/nostr/published_keys.hpp"

namespace berth::nostr {
namespace {

Event ASignedEvent(const SecretKey& key)
{
    Event event;
    event.created_at = 1'767'225'600;
    event.kind = 24410;
    event.tags = {{"p", std::string(64, 'a')}, {"v", "1"}};
    event.content = "{\"plan\":\"small\"}\n\x01";
    SignEvent(event, key);
    return event;
}

TEST(EventTest, VerifiesWhatItSigned)
{
    const auto event = ASignedEvent(SecretKey::Generate());
    EXPECT_TRUE(VerifyEvent(event).has_value());
    const auto again = ParseEvent(ToJson(event));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, event);
}

TEST(EventTest, RefusesAnyChange)
{
    auto event = ASignedEvent(SecretKey::Generate());
    event.content += " ";
    EXPECT_EQ(VerifyEvent(event).error().reason, "BAD_EVENT_ID");
    event.id = ComputeId(event);
    EXPECT_EQ(VerifyEvent(event).error().reason, "BAD_SIGNATURE");
}

TEST(EventTest, ToleratesUnknownFieldsAndNulOnlyForRelays)
{
    auto event = ASignedEvent(SecretKey::Generate());
    auto json = ToJson(event);
    json.insert(json.size() - 1, ",\"extra\":1");
    EXPECT_EQ(ParseEvent(json).error().reason, "BAD_EVENT");
    EXPECT_TRUE(ParseEvent(json, {}, EventSyntax::kNip01).has_value());

    event.tags.push_back({"x", std::string(1, '\0')});
    EXPECT_EQ(ParseEvent(ToJson(event)).error().reason, "BAD_EVENT");
    EXPECT_TRUE(ParseEvent(ToJson(event), {}, EventSyntax::kNip01).has_value());
}

TEST(EventTest, MakesALabelOfTheFirstHalfOfTheId)
{
    const auto id = OrderId(std::string(64, 'f'));
    EXPECT_EQ(id, "777777777777777777777777" + id.substr(24));
    EXPECT_EQ(id.size(), 26U);
}

TEST(KeysTest, ReadsHexAndBech32)
{
    const auto key = SecretKey::Generate();
    Bytes32 bytes;
    std::copy_n(key.bytes().Expose().begin(), 32, bytes.begin());
    const auto again = SecretKey::Parse(ToBech32("nsec", bytes));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->pubkey(), key.pubkey());
    EXPECT_EQ(*ParsePubkey("npub1gg07678hzmkl9apxsjh94lt6tnp5z82x7pqn4w7vr3gcek0szawse8w308"),
              "421fed78f716edf2f42684ae5afd7a5cc3411d46f0413abbcc1c518cd9f0175d");
    for (const auto* text :
         {"", "nsec1", "00", "npub1gg07678hzmkl9apxsjh94lt6tnp5z82x7pqn4w7vr3gcek0sz"}) {
        EXPECT_TRUE(SecretKey::Parse(text).has_error()) << text;
    }
    EXPECT_TRUE(SecretKey::Parse(std::string(64, '0')).has_error());
}

TEST(KeysTest, KnowsThePublishedTestKeys)
{
    EXPECT_TRUE(
        IsPublishedTestKey("0xA5B480A1E92A1843CD9B6FEA77B7BFD53410D96DB5F0091C0E337B61C48102ED"));
    EXPECT_TRUE(IsPublishedTestKey("spFdBTdjMkLRqdw9asP3LF3PGWkPu"));
    EXPECT_FALSE(IsPublishedTestKey(SecretKey::Generate()));
    EXPECT_FALSE(IsPublishedTestKey(""));
}

}  // namespace
}  // namespace berth::nostr
