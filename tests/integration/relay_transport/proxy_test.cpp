#include "core/nostr/relay_auth.hpp"
#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

/// A relay that trusts 127.0.0.1 as a proxy and gives each address three requests a minute.
class ProxyTest : public HostileTest {
protected:
    ProxyTest()
        : HostileTest{{{"TRUSTED_PROXIES", "127.0.0.1"},
                       {"UNLIMITED_ADDRESSES", ""},
                       {"REQUESTS_PER_ADDRESS", "3"}}}
    {
    }

    /// Requests that are served before the first refusal.
    static int ServedTo(RawClient& client)
    {
        for (int served = 0;; ++served) {
            client.SendText(R"(["REQ","s)" + std::to_string(served) + R"(",{"limit":0}])");
            const auto reply = client.ReceiveText();
            if (reply.find("rate-limited:") != std::string::npos || reply.empty()) return served;
        }
    }
    int ServedBehind(const std::string& header, const std::string& source = "127.0.0.1")
    {
        RawClient client{relay_.port(), source};
        client.Send(header);
        if (client.Upgrade().empty()) return -1;
        client.ReceiveText();
        return ServedTo(client);
    }
    int ServedFor(const std::string& forwarded_for, const std::string& source = "127.0.0.1")
    {
        auto client = Opened("X-Forwarded-For: " + forwarded_for + "\r\n", source);
        return ServedTo(client);
    }
};

TEST_F(ProxyTest, CountsTheClientThatATrustedProxyNamesInItsHeader)
{
    EXPECT_EQ(ServedBehind("PROXY TCP4 203.0.113.5 127.0.0.1 4711 80\r\n"), 3);
    EXPECT_EQ(ServedBehind("PROXY TCP4 203.0.113.5 127.0.0.1 4712 80\r\n"), 0);
    EXPECT_EQ(ServedBehind("PROXY TCP4 203.0.113.6 127.0.0.1 4713 80\r\n"), 3);
    const std::string binary{
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0C\xCB\x00\x71\x05\x7F\x00\x00\x01"
        "\x12\x67\x00\x50",
        28};
    EXPECT_EQ(ServedBehind(binary), 0) << "it is 203.0.113.5 again";
    EXPECT_EQ(ServedBehind("PROXY NONSENSE\r\n"), -1);
}

TEST_F(ProxyTest, CountsTheClientThatATrustedProxyForwardsFor)
{
    EXPECT_EQ(ServedFor("203.0.113.5"), 3);
    EXPECT_EQ(ServedFor("198.51.100.1, 203.0.113.5"), 0) << "the client's own claim is no proof";
    EXPECT_EQ(ServedFor("203.0.113.6"), 3);
}

TEST_F(ProxyTest, BelievesNobodyElse)
{
    EXPECT_EQ(ServedBehind("PROXY TCP4 203.0.113.5 127.0.0.1 4711 80\r\n", "127.0.0.2"), -1);
    EXPECT_EQ(ServedFor("203.0.113.5", "127.0.0.2"), 3);
    EXPECT_EQ(ServedFor("203.0.113.6", "127.0.0.2"), 0) << "it is still 127.0.0.2";
    EXPECT_EQ(ServedFor("203.0.113.5"), 3);
}

TEST_F(ProxyTest, WantsTheWssAddressIfTheProxySaysSo)
{
    RawClient client{relay_.port()};
    client.Upgrade("X-Forwarded-Proto: https\r\n");
    const auto greeting = client.ReceiveText();
    const auto challenge = greeting.substr(9, greeting.size() - 11);
    const auto auth =
        nostr::MakeRelayAuth("wss://relay.test", challenge, alice_, SystemClock{}.Now());
    client.SendText(R"(["AUTH",)" + nostr::ToJson(auth) + "]");
    EXPECT_NE(client.ReceiveText().find("true"), std::string::npos);
}

}  // namespace
}  // namespace berth::relay::test
