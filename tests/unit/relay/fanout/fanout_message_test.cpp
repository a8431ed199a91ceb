#include "relay-image/fanout/fanout_message.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

constexpr std::int64_t kNow = 1'000'000;
const std::string kSender(32, 'a');

nostr::Event Sign(std::vector<nostr::Tag> tags = {})
{
    static const auto key = nostr::SecretKey::Generate();
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = kNow,
                       .kind = 1,
                       .tags = std::move(tags),
                       .content = "hello",
                       .sig = {}};
    nostr::SignEvent(event, key);
    return event;
}

std::string FaultOf(const std::string& json)
{
    const auto event = ReadForeign(json, kNow);
    return event ? "" : event.error().reason;
}

TEST(FanoutMessageTest, SaysWhoSentItAndHoldsTheEvent)
{
    const auto event = Sign();
    const auto message = FanoutMessage(kSender, nostr::ToJson(event));
    EXPECT_TRUE(IsOf(message, kSender));
    EXPECT_FALSE(IsOf(message, std::string(32, 'b')));
    const auto read = ReadForeign(JsonOf(message).value(), kNow);
    ASSERT_TRUE(read);
    EXPECT_EQ((*read)->event, event);
    EXPECT_EQ((*read)->json, nostr::ToJson(event));
}

TEST(FanoutMessageTest, IsRefusedWithoutASender)
{
    for (const auto& message :
         {std::string{}, std::string{"{}"}, kSender, kSender + "{}", std::string(32, 'A') + " {}",
          " " + kSender + " {}", std::string(33, 'a') + " {}"}) {
        EXPECT_FALSE(JsonOf(message)) << message;
    }
}

TEST(FanoutMessageTest, IsRefusedIfItIsNoEvent)
{
    for (const auto* json : {"", "[]", "{}", "null", "\"", "{\"id\":1}", "\xff\xfe"}) {
        EXPECT_NE(FaultOf(json), "") << json;
    }
    EXPECT_EQ(FaultOf(std::string(100, '[')), "TOO_DEEP");
    const auto sound = nostr::ToJson(Sign());
    EXPECT_EQ(FaultOf(sound), "");
    EXPECT_NE(FaultOf(sound + sound), "");
    EXPECT_NE(FaultOf(sound.substr(0, sound.size() - 1)), "");
}

TEST(FanoutMessageTest, IsRefusedIfItsAuthorDidNotSignIt)
{
    auto forged = Sign();
    forged.content = "bye";
    EXPECT_EQ(FaultOf(nostr::ToJson(forged)), "BAD_EVENT_ID");
    forged.id = nostr::ComputeId(forged);
    EXPECT_EQ(FaultOf(nostr::ToJson(forged)), "BAD_SIGNATURE");
}

TEST(FanoutMessageTest, IsRefusedOnceItHasExpired)
{
    const auto expires = [](std::int64_t at) {
        return FaultOf(nostr::ToJson(Sign({{"expiration", std::to_string(at)}})));
    };
    EXPECT_EQ(expires(kNow), "EVENT_EXPIRED");
    EXPECT_EQ(expires(kNow + 1), "");
}

TEST(FanoutMessageTest, LosesTheFieldsThatAreNotTheEvents)
{
    auto json = nostr::ToJson(Sign());
    json.insert(1, "\"seen\":[\"elsewhere\"],");
    const auto read = ReadForeign(json, kNow);
    ASSERT_TRUE(read);
    EXPECT_EQ(std::string_view{(*read)->json}.find("elsewhere"), std::string_view::npos);
}

}  // namespace
}  // namespace berth::relay
