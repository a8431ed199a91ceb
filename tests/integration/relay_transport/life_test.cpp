#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include <boost/json/parse.hpp>

#include "core/base/file.hpp"
#include "tests/integration/relay_abuse/hostile_fixture.hpp"
#include "tests/integration/relay_transport/self_signed.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

std::string NameAt(unsigned short port)
{
    const auto document = Fetch(port, "/", {{"Accept", "application/nostr+json"}}).body;
    return std::string{boost::json::parse(document).at("name").as_string()};
}

/// A relay whose settings stand in a file.
class ReloadTest : public RelayTest {
protected:
    ReloadTest()
    {
        char name[] = "/tmp/berth-life-XXXXXX";
        folder_ = ::mkdtemp(name);
        Write("  name: before\n  max_subscriptions: 2\n");
    }
    ~ReloadTest() override
    {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void Write(const std::string& lines)
    {
        ASSERT_TRUE(WriteFileAtomically(folder_ / "relay.yaml", "relay:\n" + lines, 0644));
    }
    RelayProcess Started()
    {
        return RelayProcess{NewDatabase(), {{"BERTH_CONFIG", folder_ / "relay.yaml"}}};
    }

    std::filesystem::path folder_;
};

TEST_F(ReloadTest, TakesSafeSettingsWithoutLosingAConnection)
{
    const auto relay = Started();
    RelayClient client{relay.port()};
    EXPECT_EQ(NameAt(relay.port()), "before");
    Write("  name: after\n  max_subscriptions: 1\n  max_content_length: 3\n");
    ::kill(relay.pid(), SIGHUP);
    ASSERT_TRUE(relay.LogShows("settings reloaded"));
    EXPECT_EQ(NameAt(relay.port()), "after");
    client.Send(R"(["REQ","a",{"limit":0}])");
    EXPECT_EQ(client.Receive().at(0), "EOSE");
    client.Send(R"(["REQ","b",{"limit":0}])");
    EXPECT_EQ(client.Receive().at(0), "CLOSED");
    EXPECT_TRUE(client.Publish(Sign(alice_, {.content = "four"})).starts_with("false:invalid:"));
}

TEST_F(ReloadTest, KeepsTheOldSettingsWhenTheFileIsWrongAndSaysSo)
{
    const auto relay = Started();
    Write("  name: after\n  max_subscriptions: many\n");
    ::kill(relay.pid(), SIGHUP);
    EXPECT_TRUE(relay.LogShows("settings kept"));
    EXPECT_TRUE(relay.LogShows("max_subscriptions"));
    EXPECT_EQ(NameAt(relay.port()), "before");
}

class HandOverTest : public RelayTest {};

/// Comes again and again, and counts how often it was served. `visit` is true if it was.
class Visitor {
public:
    explicit Visitor(std::function<bool()> visit) : visit_{std::move(visit)} {}
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;
    ~Visitor() { Leave(); }

    /// Goes after twenty more visits; how often it was not served.
    int Leave()
    {
        if (!thread_.joinable()) return refused_;
        const int until_now = served_ + refused_;
        while (served_ + refused_ < until_now + 20) std::this_thread::yield();
        done_ = true;
        thread_.join();
        return refused_;
    }

private:
    void Work()
    {
        while (!done_) {
            try {
                ++(visit_() ? served_ : refused_);
            } catch (const std::exception&) {
                ++refused_;
            }
        }
    }

    const std::function<bool()> visit_;
    std::atomic<bool> done_ = false;
    std::atomic<int> refused_ = 0, served_ = 0;
    std::thread thread_{[this] { Work(); }};
};

TEST_F(HandOverTest, ASuccessorTakesThePortsAndNoClientIsRefused)
{
    RelayProcess relay{NewDatabase()};
    RelayClient before{relay.port()};
    const auto event = Sign(alice_);
    ASSERT_EQ(before.Publish(event), "true");
    Visitor visitor{[&] { return Fetch(relay.port(), "/health").status == 200; }};
    const auto old = relay.pid();
    EXPECT_EQ(relay.HandOver(), 0) << "how the old one ended";
    EXPECT_EQ(visitor.Leave(), 0);
    EXPECT_NE(relay.pid(), old);
    EXPECT_EQ(before.ReceiveClose(), 1001U);
    EXPECT_EQ(RelayClient{relay.port()}.Query("{}"), std::vector{event.id});
    EXPECT_EQ(relay.Terminate(), 0);
}

TEST_F(HandOverTest, NoClientIsRefusedOverTlsAndTheSuccessorHasTheNewCertificate)
{
    char name[] = "/tmp/berth-life-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(name);
    const SelfSigned first, second;
    first.Save(folder);
    RelayProcess relay{NewDatabase(),
                       {{"TLS_ADDRESS", "127.0.0.1:0"},
                        {"TLS_CERTIFICATE_FILE", folder / "chain.pem"},
                        {"TLS_KEY_FILE", folder / "key.pem"}}};
    const auto port = relay.ports().at(1);
    RawClient before{port};
    ASSERT_TRUE(before.StartTls() && before.Upgrade().starts_with("HTTP/1.1 101"));
    before.ReceiveText();
    const auto old_certificate = before.Fingerprint();
    const auto event = Sign(alice_);
    before.SendText(R"(["EVENT",)" + nostr::ToJson(event) + "]");
    EXPECT_NE(before.ReceiveText().find("true"), std::string::npos);
    Visitor visitor{[&] {
        RawClient client{port};
        return client.StartTls() &&
               client.Send("GET /health HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n") &&
               client.ReceiveUntil("\r\n").starts_with("HTTP/1.1 200");
    }};
    second.Save(folder);
    EXPECT_EQ(relay.HandOver(), 0) << "how the old one ended";
    EXPECT_EQ(visitor.Leave(), 0);
    EXPECT_EQ(before.ReceiveClose(), 1001U);
    RawClient after{port};
    ASSERT_TRUE(after.StartTls() && after.Upgrade().starts_with("HTTP/1.1 101"));
    EXPECT_NE(after.Fingerprint(), old_certificate);
    after.ReceiveText();
    after.SendText(R"(["REQ","s",{}])");
    EXPECT_NE(after.ReceiveText().find(event.id), std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_F(HandOverTest, StaysIfTheSuccessorCannotServe)
{
    char name[] = "/tmp/berth-life-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(name);
    const auto file = folder / "relay.yaml";
    ASSERT_TRUE(WriteFileAtomically(file, "relay:\n  name: steady\n", 0644));
    RelayProcess relay{NewDatabase(), {{"BERTH_CONFIG", file}}};
    ASSERT_TRUE(WriteFileAtomically(file, "relay:\n  nonsense: 1\n", 0644));
    ::kill(relay.pid(), SIGUSR2);
    EXPECT_TRUE(relay.LogShows("not handed over"));
    EXPECT_EQ(NameAt(relay.port()), "steady");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace berth::relay::test
