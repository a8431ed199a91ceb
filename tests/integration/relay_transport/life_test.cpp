#include <csignal>
#include <thread>

#include <boost/json/parse.hpp>

#include "core/base/file.hpp"
#include "tests/integration/relay_abuse/hostile_fixture.hpp"

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

TEST_F(HandOverTest, ASuccessorTakesThePortsAndNoClientIsRefused)
{
    RelayProcess relay{NewDatabase()};
    RelayClient before{relay.port()};
    const auto event = Sign(alice_);
    ASSERT_EQ(before.Publish(event), "true");
    std::atomic<bool> done = false;
    std::atomic<int> refused = 0, served = 0;
    std::thread visitor{[&] {
        while (!done) {
            try {
                if (Fetch(relay.port(), "/health").status == 200) ++served;
            } catch (const std::exception&) {
                ++refused;
            }
        }
    }};
    const auto old = relay.pid();
    EXPECT_EQ(relay.HandOver(), 0) << "how the old one ended";
    const int until_now = served;
    while (served < until_now + 20) std::this_thread::yield();
    done = true;
    visitor.join();
    EXPECT_EQ(refused, 0);
    EXPECT_NE(relay.pid(), old);
    EXPECT_EQ(before.ReceiveClose(), 1001U);
    EXPECT_EQ(RelayClient{relay.port()}.Query("{}"), std::vector{event.id});
    EXPECT_EQ(relay.Terminate(), 0);
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
