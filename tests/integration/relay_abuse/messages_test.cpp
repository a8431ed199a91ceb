#include <boost/json/parse.hpp>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

class MessagesTest : public HostileTest {
protected:
    std::string ReplyTo(const std::string& text)
    {
        if (!client_.SendText(text)) throw std::runtime_error{"The relay went away."};
        return client_.ReceiveText();
    }
    static std::string EventMessage(const std::string& json) { return R"(["EVENT",)" + json + "]"; }
    std::string SignedJson() { return nostr::ToJson(Sign(alice_)); }

    RawClient client_ = Opened();
};

std::string Replaced(std::string text, const std::string& what, const std::string& by)
{
    return text.replace(text.find(what), what.size(), by);
}

TEST_F(MessagesTest, DeepJsonIsRefusedWithoutHarm)
{
    for (const char* open : {"[", R"({"a":)", R"(["REQ","s",{"ids":[)"}) {
        std::string deep;
        while (deep.size() < 120000) deep += open;
        EXPECT_TRUE(ReplyTo(deep).starts_with(R"(["NOTICE")")) << open;
    }
    std::string tags(60000, '[');
    const auto reply =
        ReplyTo(EventMessage(Replaced(SignedJson(), R"("tags":[])", R"("tags":)" + tags)));
    EXPECT_EQ(reply.find("true"), std::string::npos) << reply;
    ExpectServed();
}

TEST_F(MessagesTest, TextThatIsNoUnicodeIsRefused)
{
    for (const auto* content : {R"(\ud800)", R"(\udc00)", R"(\ud800\ud800)", R"(\ud83dx)"}) {
        const auto reply =
            ReplyTo(EventMessage(Replaced(SignedJson(), "hello", std::string{content})));
        EXPECT_EQ(reply.find("true"), std::string::npos) << reply;
        EXPECT_NE(reply.find("invalid"), std::string::npos) << reply;
    }
    const auto subscription = ReplyTo(R"(["REQ","\ud800",{}])");
    EXPECT_TRUE(subscription.starts_with(R"(["NOTICE")")) << subscription;
    ExpectServed();
}

TEST_F(MessagesTest, AClockThatCannotBeIsRefused)
{
    const auto draft = Sign(alice_);
    const auto time = std::to_string(draft.created_at);
    for (const auto* wrong :
         {"-1", "1e3", "1.5", "9223372036854775807", "9223372036854775808", "18446744073709551616",
          "\"1\"", "null", "99999999999999999999999999"}) {
        const auto reply = ReplyTo(EventMessage(Replaced(nostr::ToJson(draft), time, wrong)));
        EXPECT_NE(reply.find("invalid"), std::string::npos) << wrong << ": " << reply;
    }
    for (const auto* filter : {R"({"since":-1})", R"({"since":9223372036854775808})",
                               R"({"until":1e300})", R"({"limit":-1})", R"({"limit":1e10})"}) {
        const auto reply = ReplyTo(std::string{R"(["REQ","s",)"} + filter + "]");
        EXPECT_FALSE(reply.starts_with(R"(["EVENT")")) << filter << ": " << reply;
        ReplyTo(R"(["NONE"])");
    }
    RelayClient signer{relay_.port()};
    EXPECT_TRUE(signer.Publish(Sign(alice_, {.created_at = Now() + 100000})).starts_with("false:"));
    EXPECT_TRUE(signer.Publish(Sign(alice_, {.tags = {{"expiration", "1"}}, .created_at = Now()}))
                    .starts_with("false:"));
    ExpectServed();
}

TEST_F(MessagesTest, ADeletedEventStaysAwayHoweverOftenItIsSent)
{
    RelayClient client{relay_.port()};
    const auto event = Sign(alice_, {.content = "regretted"});
    ASSERT_EQ(client.Publish(event), "true");
    ASSERT_EQ(client.Publish(Sign(alice_, {.kind = 5, .tags = {{"e", event.id}}})), "true");
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(client.Publish(event).starts_with("false:blocked:")) << i;
    }
    RelayClient other{relay_.port()};
    EXPECT_TRUE(other.Publish(event).starts_with("false:"));
    EXPECT_TRUE(other.Query(R"({"ids":[)" + Quoted(event.id) + "]}").empty());
}

TEST_F(MessagesTest, AFloodOfOneEventIsStoredOnce)
{
    const auto event = Sign(alice_, {.content = "again and again"});
    const auto frame = ClientFrame({.payload = EventMessage(nostr::ToJson(event))});
    constexpr int kTimes = 3000;
    std::string flood;
    for (int i = 0; i < kTimes; ++i) flood += frame;
    ASSERT_TRUE(client_.Send(flood));
    int accepted = 0;
    for (int i = 0; i < kTimes; ++i) {
        const auto reply = client_.ReceiveText();
        ASSERT_TRUE(reply.starts_with(R"(["OK")")) << reply;
        if (reply.find("duplicate") == std::string::npos) ++accepted;
    }
    EXPECT_EQ(accepted, 1);
    ExpectServed();
}

TEST_F(MessagesTest, BinaryAndEmptyMessagesAreAnswered)
{
    client_.Send(ClientFrame({.opcode = 2, .payload = std::string(100, '\0')}));
    EXPECT_TRUE(client_.ReceiveText().starts_with(R"(["NOTICE")"));
    for (const auto* text : {"", "[]", "null", "[\"\"]", "[\"EVENT\"]", "[\"EVENT\",{}]", "0"}) {
        EXPECT_FALSE(ReplyTo(text).empty()) << text;
    }
    ExpectServed();
}

}  // namespace
}  // namespace berth::relay::test
