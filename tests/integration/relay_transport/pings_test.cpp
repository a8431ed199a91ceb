#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

class PingsTest : public HostileTest {
protected:
    PingsTest() : HostileTest{{{"PING_INTERVAL", "1s"}}} {}
};

TEST_F(PingsTest, PingsWhoIsSilentAndEndsWhoDoesNotAnswer)
{
    auto answering = Opened();
    auto silent = Opened();
    for (int i = 0; i < 3; ++i) {
        const auto ping = answering.ReceiveFrame();
        ASSERT_TRUE(ping) << i;
        EXPECT_EQ(ping->opcode, 9U);
        answering.Send(ClientFrame({.opcode = 10, .payload = ping->payload}));
    }
    EXPECT_TRUE(silent.EndsWithin(5s));
    answering.SendText(R"(["REQ","s",{"limit":0}])");
    EXPECT_NE(answering.ReceiveText().find("EOSE"), std::string::npos);
}

}  // namespace
}  // namespace berth::relay::test
