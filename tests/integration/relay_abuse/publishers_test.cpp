#include <future>

#include <pqxx/pqxx>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

class PublishersTest : public HostileTest {};

TEST_F(PublishersTest, AreReadNoFurtherThanTheirEventsCanBeWritten)
{
    constexpr int kEvents = 300;  // 36 MB of each.
    const auto event = Sign(
        alice_, {.content = std::string(60'000, 'x'), .tags = {{"x", std::string(60'000, 'y')}}});
    const auto message = "[\"EVENT\"," + nostr::ToJson(event) + "]";
    std::vector<RawClient> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(Opened());
    pqxx::connection connection{database_};
    pqxx::work blocking{connection};
    blocking.exec0("LOCK TABLE events IN SHARE MODE");  // Nothing is written now.
    const auto before = AnonymousMemory();
    std::vector<std::future<bool>> senders;
    for (auto& client : clients) {
        senders.push_back(std::async(std::launch::async, [&] {
            for (int i = 0; i < kEvents; ++i) {
                if (!client.SendText(message)) return false;
            }
            return true;
        }));
    }
    EXPECT_EQ(senders.front().wait_for(1500ms), std::future_status::timeout);
    EXPECT_LT(AnonymousMemory(), before + 30'000);
    blocking.abort();
    for (auto& sender : senders) EXPECT_TRUE(sender.get());
    for (auto& client : clients) {
        for (int i = 0; i < kEvents; ++i) {
            ASSERT_TRUE(client.ReceiveText().find("\",true,") != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace berth::relay::test
