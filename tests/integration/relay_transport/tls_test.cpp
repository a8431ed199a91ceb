#include <csignal>
#include <thread>

#include "core/base/file.hpp"
#include "core/nostr/relay_auth.hpp"
#include "tests/integration/relay_abuse/hostile_fixture.hpp"
#include "tests/integration/relay_transport/self_signed.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A relay with one plain and one TLS port, the certificate in files.
class TlsTest : public RelayTest {
protected:
    TlsTest()
    {
        char name[] = "/tmp/berth-tls-XXXXXX";
        folder_ = ::mkdtemp(name);
        first_.Save(folder_);
    }
    ~TlsTest() override
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    RelayProcess Started()
    {
        return RelayProcess{NewDatabase(),
                            {{"TLS_ADDRESS", "127.0.0.1:0"},
                             {"TLS_CERTIFICATE_FILE", folder_ / "chain.pem"},
                             {"TLS_KEY_FILE", folder_ / "key.pem"}}};
    }

    static std::string FingerprintAt(unsigned short port)
    {
        RawClient client{port};
        return client.StartTls() ? client.Fingerprint() : "";
    }
    /// Waits until the port shows a certificate other than `old`.
    static bool CertificateChanges(unsigned short port, const std::string& old)
    {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < limit) {
            if (FingerprintAt(port) != old) return true;
            std::this_thread::sleep_for(50ms);
        }
        return false;
    }

    fs::path folder_;
    SelfSigned first_;
    SelfSigned second_;
};

TEST_F(TlsTest, ServesNostrAndPagesOverTls)
{
    const auto relay = Started();
    const auto port = relay.ports().at(1);
    RawClient page{port};
    ASSERT_TRUE(page.StartTls());
    EXPECT_EQ(page.Protocol(), "http/1.1");
    page.Send("GET /health HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(page.ReceiveUntil("\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(page.EndsWithin(5s));

    RawClient client{port};
    ASSERT_TRUE(client.StartTls(TLS1_2_VERSION));
    ASSERT_TRUE(client.Upgrade().starts_with("HTTP/1.1 101"));
    const auto greeting = client.ReceiveText();
    const auto event = Sign(alice_, {.content = std::string(60000, 'x')});
    client.SendText(R"(["EVENT",)" + nostr::ToJson(event) + "]");
    EXPECT_NE(client.ReceiveText().find("true"), std::string::npos);
    client.SendText(R"(["REQ","s",{}])");
    EXPECT_NE(client.ReceiveText().find(event.id), std::string::npos);
    EXPECT_NE(client.ReceiveText().find("EOSE"), std::string::npos);
    EXPECT_EQ(RelayClient{relay.port()}.Query("{}").size(), 1U) << "plain, on the other port";
}

TEST_F(TlsTest, WantsAnAuthenticationToItsWssAddress)
{
    const auto relay = Started();
    RawClient client{relay.ports().at(1)};
    ASSERT_TRUE(client.StartTls());
    client.Upgrade();
    const auto greeting = client.ReceiveText();
    const auto challenge = greeting.substr(9, greeting.size() - 11);
    const auto outcome = [&](const std::string& url) {
        const auto auth = nostr::MakeRelayAuth(url, challenge, alice_, SystemClock{}.Now());
        client.SendText(R"(["AUTH",)" + nostr::ToJson(auth) + "]");
        return client.ReceiveText().find("true") != std::string::npos;
    };
    EXPECT_FALSE(outcome("ws://relay.test"));
    EXPECT_TRUE(outcome("wss://relay.test"));
}

TEST_F(TlsTest, RefusesOldTlsAndWhatIsNoTls)
{
    const auto relay = Started();
    const auto port = relay.ports().at(1);
    EXPECT_FALSE(RawClient{port}.StartTls(TLS1_1_VERSION));
    EXPECT_TRUE(RawClient{port}.StartTls(TLS1_2_VERSION));
    RawClient plain{port};
    plain.Send("GET / HTTP/1.1\r\nHost: r\r\n\r\n");
    EXPECT_EQ(plain.ReceiveUntil("HTTP").find("HTTP"), std::string::npos);
    EXPECT_EQ(RelayClient{relay.port()}.Query("{}").size(), 0U);
}

TEST_F(TlsTest, TakesARenewedCertificateByItselfAndKeepsConnections)
{
    const auto relay = Started();
    const auto port = relay.ports().at(1);
    const auto old = FingerprintAt(port);
    RawClient open{port};
    ASSERT_TRUE(open.StartTls());
    open.Upgrade();
    open.ReceiveText();
    second_.Save(folder_);
    EXPECT_TRUE(CertificateChanges(port, old));
    open.SendText(R"(["REQ","s",{"limit":0}])");
    EXPECT_NE(open.ReceiveText().find("EOSE"), std::string::npos);
}

TEST_F(TlsTest, KeepsTheOldCertificateWhenTheNewOneIsBroken)
{
    const auto relay = Started();
    const auto port = relay.ports().at(1);
    const auto old = FingerprintAt(port);
    ASSERT_TRUE(WriteFileAtomically(folder_ / "chain.pem", second_.certificate, 0644));
    ::kill(relay.pid(), SIGHUP);
    EXPECT_TRUE(relay.LogShows("TLS_BAD_KEY"));
    EXPECT_EQ(FingerprintAt(port), old);
    ASSERT_TRUE(WriteFileAtomically(folder_ / "key.pem", second_.key, 0600));
    ::kill(relay.pid(), SIGHUP);
    EXPECT_TRUE(CertificateChanges(port, old));
}

TEST_F(TlsTest, DoesNotStartWithoutASoundCertificate)
{
    const auto why = [&](RelayProcess::Settings settings) -> std::string {
        settings.emplace("TLS_ADDRESS", "127.0.0.1:0");
        try {
            RelayProcess{NewDatabase(), settings};
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "it started";
    };
    EXPECT_NE(why({}).find("CONFIG_MISSING"), std::string::npos);
    EXPECT_NE(why({{"TLS_CERTIFICATE", first_.certificate}, {"TLS_KEY", second_.key}})
                  .find("TLS_BAD_KEY"),
              std::string::npos);
    EXPECT_NE(
        why({{"TLS_CERTIFICATE", "none"}, {"TLS_KEY", first_.key}}).find("TLS_BAD_CERTIFICATE"),
        std::string::npos);
    EXPECT_EQ(why({{"TLS_CERTIFICATE", first_.certificate}, {"TLS_KEY", first_.key}}), "it started")
        << "both from the environment";
}

}  // namespace
}  // namespace berth::relay::test
