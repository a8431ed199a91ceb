#include "relay-image/protocol/client_message.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

ClientMessage Parse(const std::string& text) { return ParseClientMessage(text, Limits{}); }

std::string ReplyTo(const std::string& text)
{
    const auto message = Parse(text);
    const auto* refusal = std::get_if<Refusal>(&message);
    return refusal ? refusal->reply : "";
}

nostr::Event SignedEvent()
{
    nostr::Event event{
        .id = {}, .pubkey = {}, .created_at = 5, .kind = 1, .tags = {}, .content = "x", .sig = {}};
    nostr::SignEvent(event, nostr::SecretKey::Generate());
    return event;
}

TEST(ClientMessageTest, ReadsTheFourVerbs)
{
    const auto event = SignedEvent();
    const auto publish = Parse("[\"EVENT\"," + nostr::ToJson(event) + "]");
    EXPECT_EQ(std::get<PublishRequest>(publish).event, event);
    const auto auth = Parse(" [ \"AUTH\" , " + nostr::ToJson(event) + " ] ");
    EXPECT_EQ(std::get<AuthRequest>(auth).event, event);
    const auto subscribe = Parse(R"(["REQ","s",{"kinds":[1]},{}])");
    EXPECT_EQ(std::get<SubscribeRequest>(subscribe).subscription, "s");
    EXPECT_EQ(std::get<SubscribeRequest>(subscribe).filters.size(), 2U);
    EXPECT_EQ(std::get<CloseRequest>(Parse(R"(["CLOSE","s"])")).subscription, "s");
}

TEST(ClientMessageTest, ReadsCountsAndReconciliations)
{
    const auto count = std::get<CountRequest>(Parse(R"(["COUNT","q",{"#t":["x"]}])"));
    EXPECT_EQ(count.query, "q");
    EXPECT_TRUE(count.hll_offset.has_value());
    EXPECT_FALSE(std::get<CountRequest>(Parse(R"(["COUNT","q",{"#t":["x"]},{}])")).hll_offset);
    const auto open = std::get<OpenSyncRequest>(Parse(R"(["NEG-OPEN","n",{"kinds":[1]},"6100"])"));
    EXPECT_EQ(open.sync, "n");
    EXPECT_EQ(open.filter.kinds, std::vector{1});
    EXPECT_EQ(open.message, (std::string{"\x61\0", 2}));
    EXPECT_EQ(std::get<ContinueSyncRequest>(Parse(R"(["NEG-MSG","n","61"])")).message, "\x61");
    EXPECT_EQ(std::get<CloseSyncRequest>(Parse(R"(["NEG-CLOSE","n"])")).sync, "n");
    EXPECT_TRUE(ReplyTo(R"(["COUNT","q"])").starts_with(R"(["CLOSED","q","invalid: )"));
    EXPECT_TRUE(ReplyTo(R"(["NEG-OPEN","n",{},"6"])").starts_with(R"(["NEG-ERR","n","invalid: )"));
    EXPECT_TRUE(ReplyTo(R"(["NEG-MSG","n",1])").starts_with(R"(["NEG-ERR","n","invalid: )"));
}

TEST(ClientMessageTest, RepeatsWholeCharactersOfAnUnknownVerb)
{
    const auto start = R"(["NOTICE","invalid: unknown message )" + std::string(31, 'x');
    EXPECT_EQ(ReplyTo("[\"" + std::string(31, 'x') + "\u00e9\"]"), start + "\"]");
    EXPECT_EQ(ReplyTo("[\"" + std::string(31, 'x') + "yz\"]"), start + "y\"]");
}

TEST(ClientMessageTest, GuessesEventsByTheirFirstBytesOnly)
{
    EXPECT_TRUE(LooksLikeEvent(R"(["EVENT",{}])"));
    EXPECT_FALSE(LooksLikeEvent(R"([ "EVENT",{}])"));
    EXPECT_FALSE(LooksLikeEvent(R"(["EVENTS",{}])"));
}

TEST(ClientMessageTest, RefusesABrokenEventByItsIdWhereItHasOne)
{
    const std::string id(64, 'a');
    EXPECT_TRUE(ReplyTo("[\"EVENT\",{\"id\":\"" + id + "\"}]")
                    .starts_with("[\"OK\",\"" + id + "\",false,\"invalid: "));
    EXPECT_TRUE(ReplyTo(R"(["EVENT",{"id":"short"}])").starts_with(R"(["NOTICE","invalid: )"));
}

TEST(ClientMessageTest, RefusesABrokenReqByItsSubscription)
{
    EXPECT_TRUE(ReplyTo(R"(["REQ","a\"b",1])").starts_with(R"(["CLOSED","a\"b","invalid: )"));
    EXPECT_TRUE(ReplyTo(R"(["REQ","s",{"x":1}])").starts_with(R"(["CLOSED","s","unsupported: )"));
}

TEST(ClientMessageTest, CountsTheCharactersOfASubscriptionNotItsBytes)
{
    std::string fitting;
    for (std::size_t i = 0; i < Limits{}.max_subid_length; ++i) fitting += "\xE2\x82\xAC";
    EXPECT_EQ(ReplyTo("[\"REQ\",\"" + fitting + "\",{}]"), "");
    EXPECT_NE(ReplyTo("[\"REQ\",\"" + fitting + "x\",{}]"), "");
}

TEST(ClientMessageTest, RefusesDeepDuplicateAndFractionalJson)
{
    EXPECT_NE(ReplyTo(std::string(1000, '[')), "");
    EXPECT_NE(ReplyTo(R"(["REQ","s",{"limit":1,"limit":2}])"), "");
    EXPECT_NE(ReplyTo(R"(["REQ","s",{"limit":1.0}])"), "");
}

}  // namespace
}  // namespace berth::relay
