#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

class CompressionTest : public HostileTest {};

TEST_F(CompressionTest, ServesAClientThatCompresses)
{
    RelayClient client{relay_.port(), {.compressed = true}};
    RelayClient plain{relay_.port()};
    for (auto* reader : {&client, &plain}) {
        reader->Send(R"(["REQ","live",{}])");
        ASSERT_EQ(reader->Receive().at(0), "EOSE");
    }
    const auto event = Sign(alice_, {.content = std::string(5000, 'x') + "\xC3\xA9"});
    ASSERT_EQ(client.Publish(event), "true");
    EXPECT_EQ(plain.ReceiveOnly("EVENT").at(2).at("id"), event.id.c_str());
    EXPECT_EQ(client.ReceiveOnly("EVENT").at(2).at("id"), event.id.c_str());
    EXPECT_EQ(client.Query("{}"), std::vector{event.id});
    ASSERT_EQ(plain.Publish(Sign(bob_, {.content = std::string(300, 'y')})), "true");
    EXPECT_EQ(client.ReceiveOnly("EVENT").at(2).at("content"), std::string(300, 'y').c_str());
}

TEST_F(CompressionTest, CompressesWhatIsLongAndLeavesWhatIsShort)
{
    RelayClient writer{relay_.port()};
    const auto event = Sign(alice_, {.content = std::string(5000, 'x')});
    ASSERT_EQ(writer.Publish(event), "true");
    RawClient client{relay_.port()};
    const auto head =
        client.Upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    EXPECT_NE(head.find("Sec-WebSocket-Extensions: permessage-deflate; "
                        "server_no_context_takeover; client_no_context_takeover\r\n"),
              std::string::npos);
    EXPECT_FALSE(client.ReceiveFrame()->compressed) << "the greeting is short";
    client.SendText(R"(["REQ","s",{}])");
    const auto found = client.ReceiveFrame();
    EXPECT_TRUE(found->compressed);
    EXPECT_LT(found->payload.size(), 600U);
    EXPECT_FALSE(client.ReceiveFrame()->compressed);
}

TEST_F(CompressionTest, LeavesItToTheOwner)
{
    RelayProcess relay{NewDatabase(), {{"COMPRESSION", "false"}}};
    RawClient client{relay.port()};
    const auto head = client.Upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    EXPECT_EQ(head.find("Extensions"), std::string::npos);
}

}  // namespace
}  // namespace berth::relay::test
