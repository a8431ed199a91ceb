#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

/// A relay with low rates that hold for the loopback, too; each test goes to its limit and one
/// over.
class RatesTest : public HostileTest {
protected:
    RatesTest()
        : HostileTest{{{"UNLIMITED_ADDRESSES", "127.0.0.9"},
                       {"CONNECTIONS_PER_ADDRESS", "3"},
                       {"EVENTS_PER_ADDRESS", "8"},
                       {"REQUESTS_PER_ADDRESS", "4"},
                       {"EVENTS_PER_KEY", "5"},
                       {"MAX_CONNECTIONS", "6"}}}
    {
    }

    std::string Publish(RawClient& client, const nostr::Event& event)
    {
        client.SendText(R"(["EVENT",)" + nostr::ToJson(event) + "]");
        return client.ReceiveText();
    }
    nostr::Event Numbered(const nostr::SecretKey& key, int number)
    {
        return Sign(key, {.content = std::to_string(number)});
    }
};

TEST_F(RatesTest, EventsOfOneKey)
{
    auto client = Opened();
    for (int i = 0; i < 5; ++i) {
        EXPECT_NE(Publish(client, Numbered(alice_, i)).find(",true,"), std::string::npos) << i;
    }
    const auto over = Numbered(alice_, 5);
    EXPECT_EQ(Publish(client, over),
              R"(["OK",")" + over.id +
                  R"(",false,"rate-limited: at most 5 events of one key a minute; slow down"])");
    EXPECT_NE(Publish(client, Numbered(bob_, 0)).find(",true,"), std::string::npos);
}

TEST_F(RatesTest, EventsOfOneAddress)
{
    auto client = Opened();
    for (int i = 0; i < 8; ++i) {
        const auto reply = Publish(client, Numbered(i % 2 == 0 ? alice_ : bob_, i));
        EXPECT_NE(reply.find(",true,"), std::string::npos) << i;
    }
    const auto over = Numbered(bob_, 8);
    EXPECT_EQ(Publish(client, over), R"(["OK",")" + over.id +
                                         R"(",false,"rate-limited: at most 8 events from one )"
                                         R"(address a minute; slow down"])");
    auto other = Opened({}, "127.0.0.2");
    EXPECT_NE(Publish(other, over).find(",true,"), std::string::npos);
}

TEST_F(RatesTest, RequestsOfOneAddress)
{
    auto client = Opened();
    for (int i = 0; i < 4; ++i) {
        client.SendText(R"(["REQ","s",{"limit":0}])");
        EXPECT_NE(client.ReceiveText().find("EOSE"), std::string::npos) << i;
    }
    client.SendText(R"(["REQ","s",{"limit":0}])");
    EXPECT_TRUE(client.ReceiveText().starts_with(R"(["CLOSED","s","rate-limited: )"));
    client.SendText("garbage");
    EXPECT_TRUE(client.ReceiveText().starts_with(R"(["NOTICE","rate-limited: )"));
}

TEST_F(RatesTest, ConnectionsOfOneAddress)
{
    std::vector<RawClient> open;
    for (int i = 0; i < 3; ++i) open.push_back(Opened());
    RawClient over{relay_.port()};
    const auto answer = over.Upgrade();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 429")) << answer;
    EXPECT_NE(answer.find("Retry-After"), std::string::npos);
    EXPECT_TRUE(over.EndsWithin(5s));
    const auto other = Opened({}, "127.0.0.2");
    open.pop_back();
    const auto limit = std::chrono::steady_clock::now() + 5s;
    while (!RawClient{relay_.port()}.Upgrade().starts_with("HTTP/1.1 101")) {
        ASSERT_LT(std::chrono::steady_clock::now(), limit) << "the place was not given back";
    }
}

TEST_F(RatesTest, ConnectionsAltogether)
{
    std::vector<RawClient> open;
    for (int i = 0; i < 6; ++i) open.push_back(Opened({}, "127.0.0.9"));
    RawClient over{relay_.port()};
    EXPECT_TRUE(over.EndsWithin(5s));
}

TEST_F(RatesTest, NothingForTheUnlimited)
{
    auto client = Opened({}, "127.0.0.9");
    for (int i = 0; i < 20; ++i) {
        EXPECT_NE(Publish(client, Numbered(alice_, i)).find(",true,"), std::string::npos) << i;
    }
}

}  // namespace
}  // namespace berth::relay::test
