#include <thread>

#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

const std::string kEverything = R"(["REQ","s)";

class FloodsTest : public HostileTest {
protected:
    FloodsTest() : HostileTest{{{"MAX_PENDING_OUTPUT", "262144"}}} {}

    /// Publishes `count` events of 20 kB.
    void Fill(int count)
    {
        RelayClient writer{relay_.port()};
        for (int i = 0; i < count; ++i) {
            ASSERT_EQ(writer.Publish(
                          Sign(alice_, {.content = std::string(20000, 'x') + std::to_string(i)})),
                      "true");
        }
    }
};

TEST_F(FloodsTest, RequestsForEverythingFromManyWhoNeverReadDoNotStopTheOthers)
{
    Fill(100);
    const auto before = AnonymousMemory();
    std::vector<RawClient> hostile;
    for (int i = 0; i < 40; ++i) {
        hostile.push_back(Opened());
        for (int j = 0; j < 60; ++j) {
            hostile.back().SendText(kEverything + std::to_string(j) + R"(",{},{},{}])");
        }
    }
    ExpectServed();
    // Each may hold one reply of 100 events, and what may be pending.
    EXPECT_LT(AnonymousMemory(), before + 40 * (2000 + 300) + 20000);
    hostile.clear();
    ExpectServed();
}

TEST_F(FloodsTest, WhoReadsGetsAllThoughLittleMayWaitForHim)
{
    Fill(100);
    RelayClient patient{relay_.port()};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(patient.Query("{}").size(), 100U);
}

TEST_F(FloodsTest, TheKernelHoldsLittleForWhoNeverReads)
{
    Fill(100);
    auto hostile = Opened();
    for (int i = 0; i < 20; ++i) {
        hostile.SendText(kEverything + std::to_string(i) + R"(",{}])");
    }
    RelayClient patient{relay_.port()};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(patient.Query("{}").size(), 100U);
    EXPECT_GT(UnreadBytes(), 0U);
    EXPECT_LT(UnreadBytes(), 400U << 10);  // Of the 40 MB that he asked for.
}

TEST_F(FloodsTest, WhoNeverReadsTheAnswersToHisGarbageIsDropped)
{
    auto hostile = Opened();
    const auto garbage = ClientFrame({.payload = std::string(200, '?')});
    std::string batch;
    for (int i = 0; i < 1000; ++i) batch += garbage;
    int batches = 0;
    while (hostile.Send(batch)) ASSERT_LT(++batches, 1000) << "it was never dropped";
    ExpectServed();
}

TEST_F(FloodsTest, PingsWithoutEndAreNoWayRoundThePendingOutput)
{
    auto hostile = Opened();
    std::string batch;
    for (int i = 0; i < 1000; ++i) {
        batch += ClientFrame({.opcode = 9, .payload = std::string(125, 'p')});
    }
    int batches = 0;
    while (hostile.Send(batch)) ASSERT_LT(++batches, 1000) << "it was never dropped";
    ExpectServed();
}

TEST_F(FloodsTest, MemoryIsFlatHoweverOftenItIsTried)
{
    Fill(20);
    const auto attack = [&] {
        for (int i = 0; i < 30; ++i) {
            auto client = Opened("Sec-WebSocket-Extensions: permessage-deflate\r\n");
            for (int j = 0; j < 20; ++j) {
                client.SendText(kEverything + std::to_string(j) + R"(",{}])");
                client.SendText(std::string(30000, '['));
            }
            client.Send(ClientFrame({.final = false, .payload = std::string(100000, 'x')}));
            if (i % 2 == 0) client.ReceiveText();
        }
        ExpectServed();
    };
    for (int i = 0; i < 3; ++i) attack();
    const auto warm = AnonymousMemory();
    for (int i = 0; i < 12; ++i) attack();
    EXPECT_LT(AnonymousMemory(), warm + 6 * 1024);
}

}  // namespace
}  // namespace berth::relay::test
