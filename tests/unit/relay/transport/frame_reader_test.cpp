#include <gtest/gtest.h>

#include "relay-image/transport/frame_reader.hpp"
#include "relay-image/transport/upgrade.hpp"
#include "relay-image/transport/utf8.hpp"
#include "tests/unit/relay/transport/client_frames.hpp"

namespace berth::relay {
namespace {

using test::ClientFrame;

constexpr std::size_t kMost = 1000;

/// What comes out of `bytes`: messages as text, a fault as its code, `...` if more is needed.
std::vector<std::string> ReadAll(std::string_view bytes, Compressor* compressor = nullptr)
{
    FrameReader reader{kMost, compressor};
    std::vector<std::string> read;
    while (true) {
        auto step = reader.Next(bytes);
        if (auto* incoming = std::get_if<FrameReader::Incoming>(&step)) {
            read.push_back(std::to_string(static_cast<int>(incoming->opcode)) + ":" +
                           incoming->payload);
        } else if (const auto* fault = std::get_if<FrameReader::Fault>(&step)) {
            read.push_back(std::to_string(static_cast<int>(fault->code)));
            return read;
        } else {
            return read;
        }
    }
}

using Read = std::vector<std::string>;

TEST(FrameReaderTest, ReadsMessagesInWhateverPiecesTheyCome)
{
    const auto bytes = ClientFrame({.payload = "hello"}) +
                       ClientFrame({.payload = std::string(200, 'x')}) +
                       ClientFrame({.opcode = 9, .payload = "p"});
    const Read expected{"1:hello", "1:" + std::string(200, 'x'), "9:p"};
    EXPECT_EQ(ReadAll(bytes), expected);
    FrameReader reader{kMost, nullptr};
    Read read;
    for (const char byte : bytes) {
        std::string_view one{&byte, 1};
        auto step = reader.Next(one);
        if (auto* incoming = std::get_if<FrameReader::Incoming>(&step)) {
            read.push_back(std::to_string(static_cast<int>(incoming->opcode)) + ":" +
                           incoming->payload);
        }
    }
    EXPECT_EQ(read, expected);
}

TEST(FrameReaderTest, PutsFragmentsTogetherAndLetsControlFramesBetweenThem)
{
    EXPECT_EQ(ReadAll(ClientFrame({.final = false, .payload = "he"}) +
                      ClientFrame({.opcode = 9, .payload = "ping"}) +
                      ClientFrame({.final = false, .opcode = 0, .payload = ""}) +
                      ClientFrame({.opcode = 0, .payload = "llo"})),
              (Read{"9:ping", "1:hello"}));
}

TEST(FrameReaderTest, RefusesFragmentsOutOfOrder)
{
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 0, .payload = "x"})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.final = false, .payload = "x"}) + ClientFrame({})),
              Read{"1002"});
}

TEST(FrameReaderTest, RefusesWhatTheProtocolForbids)
{
    EXPECT_EQ(ReadAll(ClientFrame({.masked = false})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.reserved = 0x40})), Read{"1002"}) << "no extension is agreed";
    EXPECT_EQ(ReadAll(ClientFrame({.reserved = 0x20})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.reserved = 0x10})), Read{"1002"});
    for (const unsigned opcode : {3, 7, 11, 15}) {
        EXPECT_EQ(ReadAll(ClientFrame({.opcode = opcode})), Read{"1002"}) << opcode;
    }
    EXPECT_EQ(ReadAll(ClientFrame({.final = false, .opcode = 9})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 9, .payload = std::string(126, 'x')})), Read{"1002"});
    EXPECT_EQ(ReadAll(std::string{"\x81\xFE\x00\x05mask", 8}), Read{"1002"})
        << "length not minimal";
    EXPECT_EQ(ReadAll(std::string{"\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFFmask", 14}),
              Read{"1002"});
    EXPECT_EQ(ReadAll(std::string{"\x81\xFF\x80\x00\x00\x00\x00\x01\x00\x00mask", 14}),
              Read{"1002"});
}

TEST(FrameReaderTest, RefusesAMessageOverTheLimitByItsHeadAlone)
{
    const std::string gigabyte{"\x81\xFF\x00\x00\x00\x00\x40\x00\x00\x00mask", 14};
    EXPECT_EQ(ReadAll(gigabyte), Read{"1009"});
    EXPECT_EQ(ReadAll(ClientFrame({.payload = std::string(kMost, 'x')})).size(), 1U);
    EXPECT_EQ(ReadAll(ClientFrame({.payload = std::string(kMost + 1, 'x')})), Read{"1009"});
    EXPECT_EQ(ReadAll(ClientFrame({.final = false, .payload = std::string(kMost, 'x')}) +
                      ClientFrame({.opcode = 0, .payload = "x"})),
              Read{"1009"});
}

TEST(FrameReaderTest, RefusesFragmentsWithoutEnd)
{
    auto bytes = ClientFrame({.final = false});
    for (int i = 0; i < 5000; ++i) bytes += ClientFrame({.final = false, .opcode = 0});
    EXPECT_EQ(ReadAll(bytes), Read{"1009"});
}

TEST(FrameReaderTest, RefusesTextThatIsNotUtf8)
{
    EXPECT_EQ(ReadAll(ClientFrame({.payload = "\xC3\xA9"})), Read{"1:\xC3\xA9"});
    EXPECT_EQ(ReadAll(ClientFrame({.payload = "\xC3"})), Read{"1007"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 2, .payload = "\xC3"})), Read{"2:\xC3"});
}

TEST(FrameReaderTest, ChecksWhatACloseSays)
{
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 8})), Read{"8:"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 8, .payload = "\x03\xE8"})), Read{"8:\x03\xE8"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 8, .payload = "\x03"})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 8, .payload = "\x03\xED"})), Read{"1002"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 8, .payload = "\x03\xE8\xFF"})), Read{"1007"});
}

TEST(FrameReaderTest, InflatesUpToTheLimitAndNoFurther)
{
    Compressor compressor;
    const auto frame = [&](const std::string& text) {
        return ClientFrame({.reserved = 0x40, .payload = compressor.Deflate(text)});
    };
    const std::string fitting(kMost, 'x');
    EXPECT_EQ(ReadAll(frame(fitting), &compressor), Read{"1:" + fitting});
    EXPECT_EQ(ReadAll(frame(fitting + "x"), &compressor), Read{"1009"});
    EXPECT_EQ(ReadAll(frame(std::string(1 << 24, 'x')).substr(0, 14) + std::string(400, 'x'),
                      &compressor),
              Read{"1009"})
        << "by the size on the wire";
    EXPECT_EQ(ReadAll(ClientFrame({.reserved = 0x40, .payload = "\xFF\xFF\xFF"}), &compressor),
              Read{"1007"});
    EXPECT_EQ(ReadAll(ClientFrame({.opcode = 9, .reserved = 0x40}), &compressor), Read{"1002"});
}

TEST(CompressorTest, GivesBackWhatWentInHoweverItWasCompressed)
{
    Compressor compressor;
    std::string noise;
    for (int i = 0; i < 70000; ++i) noise += static_cast<char>(i * i * 31 >> 7);
    for (const auto& text : {std::string{}, std::string{"x"}, std::string(500, 'y'), noise}) {
        EXPECT_EQ(compressor.Inflate(compressor.Deflate(text), 1 << 20).text, text);
        for (int again = 0; again < 2; ++again) {
            const auto shared = compressor.DeflateShared("[\"EVENT\",\"s\",", text);
            EXPECT_EQ(compressor.Inflate(shared, 1 << 20).text, "[\"EVENT\",\"s\"," + text);
        }
    }
    EXPECT_LT(compressor.Deflate(std::string(10000, 'x')).size(), 100U);
}

TEST(CompressorTest, StopsABombAtItsLimit)
{
    Compressor compressor;
    const auto bomb = compressor.Deflate(std::string(64 << 20, '\0'));
    EXPECT_LT(bomb.size(), 512U << 10);
    EXPECT_EQ(compressor.Inflate(bomb, 131072).fault, Compressor::Fault::kTooBig);
}

TEST(UpgradeTest, AnswersAsTheStandardsExampleDoes)
{
    const auto answer =
        AnswerUpgrade({.is_get = true, .version = "13", .key = "dGhlIHNhbXBsZSBub25jZQ=="}, true);
    EXPECT_EQ(answer.status, 101U);
    EXPECT_NE(answer.response.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
    EXPECT_FALSE(answer.compressed);
}

TEST(UpgradeTest, RefusesAHandshakeThatIsNone)
{
    const std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
    EXPECT_EQ(AnswerUpgrade({.is_get = false, .version = "13", .key = key}, true).status, 400U);
    EXPECT_EQ(AnswerUpgrade({.is_get = true, .version = "8", .key = key}, true).status, 426U);
    EXPECT_EQ(AnswerUpgrade({.is_get = true, .version = "13", .key = "c2hvcnQ="}, true).status,
              400U);
    EXPECT_EQ(AnswerUpgrade({.is_get = true, .http_version = 10, .version = "13", .key = key}, true)
                  .status,
              400U);
}

TEST(UpgradeTest, AgreesOnCompressionThatItCanKeep)
{
    EXPECT_TRUE(AcceptDeflate("permessage-deflate"));
    EXPECT_TRUE(AcceptDeflate("x, permessage-deflate; client_max_window_bits"));
    EXPECT_TRUE(AcceptDeflate("permessage-deflate; client_max_window_bits=10"));
    EXPECT_EQ(AcceptDeflate("permessage-deflate; server_max_window_bits=15"),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
              "server_max_window_bits=15");
    EXPECT_TRUE(AcceptDeflate("permessage-deflate; server_max_window_bits=10, permessage-deflate"));
    for (const auto* none :
         {"", "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=10",
          "permessage-deflate; unknown", "permessage-deflate; client_max_window_bits=16",
          "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; server_no_context_takeover=1"}) {
        EXPECT_FALSE(AcceptDeflate(none)) << none;
    }
}

TEST(Utf8Test, TellsWellFormedTextFromWhatOnlyLooksLikeIt)
{
    for (const auto* text : {"", "ascii of some length", "\xC3\xA9", "\xE2\x82\xAC",
                             "12345678\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(IsUtf8(text)) << text;
    }
    for (const auto* text :
         {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "12345678\xFF", "\xE2\x82", "\xE2\x28\xA1"}) {
        EXPECT_FALSE(IsUtf8(text)) << text;
    }
}

}  // namespace
}  // namespace berth::relay
