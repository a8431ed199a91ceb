#include <algorithm>
#include <csignal>

#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

class DurabilityTest : public RelayTest {
protected:
    const std::string database_ = NewDatabase();
    RelayProcess relay_{database_};
};

TEST_F(DurabilityTest, HasEveryAcknowledgedEventAfterKill)
{
    constexpr std::size_t kEnough = 300;
    std::vector<std::string> acknowledged;
    {
        RelayClient client{relay_.port()};
        for (std::size_t i = 0; i < 2 * kEnough; ++i) {
            const auto event = Sign(alice_, {.content = std::to_string(i)});
            client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
        }
        while (acknowledged.size() < kEnough) {
            const auto ok = client.ReceiveOnly("OK");
            ASSERT_EQ(ok.at(2), true);
            acknowledged.emplace_back(ok.at(1).as_string());
        }
        relay_.Kill();  // While the other half is on its way.
    }
    relay_.Start();
    RelayClient client{relay_.port()};
    std::string list;
    for (const auto& id : acknowledged) list += (list.empty() ? "\"" : ",\"") + id + "\"";
    auto kept = client.Query("{\"ids\":[" + list + "]}");
    std::ranges::sort(kept);
    std::ranges::sort(acknowledged);
    EXPECT_EQ(kept, acknowledged);
}

TEST_F(DurabilityTest, HasEveryAcknowledgedEventAfterTheDatabaseCrashes)
{
    RelayClient client{relay_.port()};
    const auto before = Sign(alice_, {.content = "before"});
    ASSERT_EQ(client.Publish(before), "true");
    Postgres().Kill();
    const auto lost = Sign(alice_, {.content = "while it was down"});
    EXPECT_TRUE(client.Publish(lost).starts_with("false:error:"));
    Postgres().Start();
    EXPECT_EQ(client.Publish(lost), "true");
    auto expected = std::vector{before.id, lost.id};
    auto kept = client.Query("{}");
    std::ranges::sort(expected);
    std::ranges::sort(kept);
    EXPECT_EQ(kept, expected);
}

TEST_F(DurabilityTest, ReadsOnANewConnectionWhereTheOldOneDied)
{
    constexpr auto kSearch = R"({"search":"before"})";  // Only the database answers it.
    RelayProcess relay{database_, {{"READER_THREADS", "1"}}};
    RelayClient client{relay.port()};
    const auto before = Sign(alice_, {.content = "before"});
    ASSERT_EQ(client.Publish(before), "true");
    ASSERT_EQ(client.Query(kSearch), std::vector{before.id});
    Postgres().Kill();
    Postgres().Start();
    EXPECT_EQ(client.Query(kSearch), std::vector{before.id});
}

TEST_F(DurabilityTest, SaysGoodbyeAndEndsOnSigterm)
{
    RelayClient client{relay_.port()};
    ASSERT_EQ(client.Publish(Sign(alice_)), "true");
    const auto pid = relay_.pid();
    ::kill(pid, SIGTERM);
    EXPECT_EQ(client.ReceiveClose(), 1001U);
    EXPECT_EQ(relay_.Terminate(), 0);
}

TEST_F(DurabilityTest, AnswersWhatItTookBeforeItEnds)
{
    constexpr int kEvents = 200;
    RelayClient client{relay_.port()};
    for (int i = 0; i < kEvents; ++i) {
        const auto event = Sign(alice_, {.content = std::to_string(i)});
        client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
    }
    std::size_t answered = 0;
    client.ReceiveOnly("OK");
    ++answered;
    ::kill(relay_.pid(), SIGTERM);
    try {
        while (true) answered += client.ReceiveOnly("OK").at(2).as_bool() ? 1 : 0;
    } catch (const std::runtime_error&) {  // The relay has said goodbye.
    }
    EXPECT_EQ(relay_.Terminate(), 0);
    relay_.Start();
    RelayClient again{relay_.port()};
    EXPECT_EQ(again.Query("{}").size(), answered);
}

TEST_F(DurabilityTest, StartsTwiceOnOneDatabase)
{
    RelayProcess second{database_};
    RelayClient one{relay_.port()};
    RelayClient two{second.port()};
    const auto event = Sign(alice_);
    EXPECT_EQ(one.Publish(event), "true");
    EXPECT_EQ(two.Query("{}"), std::vector{event.id});
}

}  // namespace
}  // namespace berth::relay::test
