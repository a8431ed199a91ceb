#include "relay-image/transport/compressor.hpp"
#include "tests/integration/relay_abuse/hostile_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

class FramesTest : public HostileTest {
protected:
    FramesTest() : HostileTest{{{"MAX_MESSAGE_BYTES", "4096"}, {"REQUEST_TIMEOUT", "400ms"}}} {}

    unsigned CloseAfter(const std::string& bytes, const std::string& headers = {})
    {
        auto client = Opened(headers);
        client.Send(bytes);
        return client.ReceiveClose();
    }
};

TEST_F(FramesTest, ABrokenFrameEndsOnlyItsOwnConnection)
{
    EXPECT_EQ(CloseAfter(ClientFrame({.masked = false, .payload = "[]"})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.reserved = 0x40})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.reserved = 0x20})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.opcode = 3})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.opcode = 0, .payload = "[]"})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.final = false, .opcode = 9})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.opcode = 9, .payload = std::string(126, 'x')})), 1002U);
    EXPECT_EQ(CloseAfter(ClientFrame({.payload = "\xFF"})), 1007U);
    EXPECT_EQ(CloseAfter(ClientFrame({.opcode = 8, .payload = "\x03\xE8"})), 1000U);
    ExpectServed();
}

TEST_F(FramesTest, AGigabyteIsRefusedByItsHead)
{
    const std::string head{"\x81\xFF\x00\x00\x00\x00\x40\x00\x00\x00mask", 14};
    EXPECT_EQ(CloseAfter(head), 1009U);
    const std::string endless{"\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFFmask", 14};
    EXPECT_EQ(CloseAfter(endless), 1009U);
    ExpectServed();
}

TEST_F(FramesTest, FragmentsAddUpToTheLimitOfAMessage)
{
    auto client = Opened();
    client.Send(ClientFrame({.final = false, .payload = R"(["REQ",)"}));
    client.Send(ClientFrame({.opcode = 9, .payload = "still there"}));
    client.Send(ClientFrame({.final = false, .opcode = 0}));
    client.Send(ClientFrame({.opcode = 0, .payload = R"("s",{"limit":0}])"}));
    EXPECT_EQ(client.ReceiveFrame()->payload, "still there");
    EXPECT_NE(client.ReceiveText().find("EOSE"), std::string::npos);
    const auto half = ClientFrame({.final = false, .payload = std::string(4000, ' ')});
    EXPECT_EQ(CloseAfter(half + ClientFrame({.opcode = 0, .payload = std::string(97, ' ')})),
              1009U);
    std::string empty = ClientFrame({.final = false});
    for (int i = 0; i < 5000; ++i) empty += ClientFrame({.final = false, .opcode = 0});
    EXPECT_EQ(CloseAfter(empty), 1009U);
    ExpectServed();
}

TEST_F(FramesTest, ACompressionBombIsRefusedAtTheLimitOfAMessage)
{
    Compressor compressor;
    const std::string agreed = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    const auto bomb = compressor.Deflate(std::string(512 << 10, ' '));
    ASSERT_LT(bomb.size(), 4096U) << "it has to pass by its size on the wire";
    const auto before = AnonymousMemory();
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(CloseAfter(ClientFrame({.reserved = 0x40, .payload = bomb}), agreed), 1009U);
    }
    EXPECT_LT(AnonymousMemory(), before + 4096);
    EXPECT_EQ(CloseAfter(ClientFrame({.reserved = 0x40, .payload = "\xFF\xFF"}), agreed), 1007U);
    ExpectServed();
}

TEST_F(FramesTest, ATrickleOfHeadersIsCutOff)
{
    RawClient client{relay_.port()};
    const std::string request = "GET / HTTP/1.1\r\nHost: relay.test\r\nX-Slow: ";
    ASSERT_TRUE(client.Send(request));
    const auto start = std::chrono::steady_clock::now();
    while (client.Send("x") && !client.EndsWithin(20ms)) {
        ASSERT_LT(std::chrono::steady_clock::now() - start, 5s);
    }
    EXPECT_GT(std::chrono::steady_clock::now() - start, 300ms);
    RawClient silent{relay_.port()};
    EXPECT_TRUE(silent.EndsWithin(5s));
    RawClient body{relay_.port()};
    body.Send("POST / HTTP/1.1\r\nHost: relay.test\r\nContent-Length: 100\r\n\r\nx");
    EXPECT_TRUE(body.EndsWithin(5s));
    ExpectServed();
}

TEST_F(FramesTest, AnUpgradeThatIsNoneIsAnswered)
{
    const auto answer = [&](const std::string& request) {
        RawClient client{relay_.port()};
        client.Send(request + "\r\n");
        return client.ReceiveUntil("\r\n");
    };
    const std::string upgrade = "Host: r\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const std::string version = "Sec-WebSocket-Version: 13\r\n";
    EXPECT_NE(answer("GET / HTTP/1.1\r\n" + upgrade + version).find(" 400 "), std::string::npos);
    EXPECT_NE(answer("GET / HTTP/1.1\r\n" + upgrade + key).find(" 426 "), std::string::npos);
    EXPECT_NE(answer("POST / HTTP/1.1\r\n" + upgrade + key + version).find(" 400 "),
              std::string::npos);
    EXPECT_NE(answer("GET / HTTP/1.0\r\n" + upgrade + key + version).find(" 400 "),
              std::string::npos);
    EXPECT_NE(answer("GET /elsewhere HTTP/1.1\r\n" + upgrade + key + version).find(" 404 "),
              std::string::npos);
    ExpectServed();
}

TEST_F(FramesTest, WhatComesRightBehindTheUpgradeIsRead)
{
    RawClient client{relay_.port()};
    client.Send(
        "GET / HTTP/1.1\r\nHost: r\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        ClientFrame({.payload = R"(["REQ","s",{"limit":0}])"}));
    client.ReceiveUntil("\r\n\r\n");
    EXPECT_NE(client.ReceiveText().find("AUTH"), std::string::npos);
    EXPECT_NE(client.ReceiveText().find("EOSE"), std::string::npos);
}

}  // namespace
}  // namespace berth::relay::test
