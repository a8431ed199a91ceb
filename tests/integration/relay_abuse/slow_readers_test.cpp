#include <algorithm>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

/// A relay with room for little that waits, and who listens to all that is published there.
class SlowReadersTest : public HostileTest {
protected:
    SlowReadersTest() : HostileTest{{{"HOT_MEGABYTES", "1"}, {"OUTPUT_MEGABYTES", "8"}}} {}

    nostr::Event LongNote(int number)
    {
        return Sign(alice_, {.content = std::to_string(number) + std::string(60'000, 'x')});
    }

    RawClient Listening()
    {
        auto client = Opened();
        client.SendText(kLive);
        client.ReceiveText();  // EOSE
        return client;
    }

    const std::string kLive = R"(["REQ","live",{"since":)" + std::to_string(Now() - 60) + "}]";
};

TEST_F(SlowReadersTest, ShareWhatMayWaitAndLeaveTheOthersAlone)
{
    std::vector<RawClient> slow;
    for (int i = 0; i < 40; ++i) slow.push_back(Listening());
    RelayClient attentive{relay_.port()};
    attentive.Send(kLive);
    attentive.ReceiveOnly("EOSE");
    RelayClient writer{relay_.port()};
    const auto before = AnonymousMemory();
    std::size_t most = 0;
    for (int i = 0; i < 300; ++i) {
        const auto event = LongNote(i);
        ASSERT_EQ(writer.Publish(event), "true");
        ASSERT_EQ(attentive.ReceiveOnly("EVENT").at(2).at("id").as_string(), event.id);
        most = std::max(most, AnonymousMemory());
    }
    EXPECT_LT(most, before + 40'000);  // In place of 8 MB for each.
}

TEST_F(SlowReadersTest, AreKeptWhileThereIsRoomForWhatTheyHaveNotRead)
{
    auto slow = Listening();
    RelayClient writer{relay_.port()};
    for (int i = 0; i < 50; ++i) ASSERT_EQ(writer.Publish(LongNote(i)), "true");
    for (int i = 0; i < 50; ++i) {
        const auto head = R"("content":")" + std::to_string(i) + "x";
        ASSERT_TRUE(slow.ReceiveText().find(head) != std::string::npos) << i;
    }
}

}  // namespace
}  // namespace berth::relay::test
