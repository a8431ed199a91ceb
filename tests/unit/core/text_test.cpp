#include <gtest/gtest.h>

#include <sstream>

#include <boost/json/parse.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/log.hpp"
#include "core/base/secret.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth {
namespace {

TEST(EncodingTest, GoesThereAndBack)
{
    for (const std::size_t size : {0U, 1U, 2U, 3U, 32U, 100U}) {
        const auto bytes = RandomBytes(size);
        EXPECT_EQ(FromHex(ToHex(bytes)), bytes);
        EXPECT_EQ(FromBase64(ToBase64(bytes)), bytes);
    }
    EXPECT_EQ(ToBase32("foobar"), "mzxw6ytboi");
}

TEST(EncodingTest, RefusesWhatIsNotExact)
{
    EXPECT_FALSE(FromHex("abc"));
    EXPECT_FALSE(FromHex("zz"));
    for (const auto* text : {"a", "YQ", "YQ=", "YQ==\n", " YQ==", "Y-==", "YR=="}) {
        EXPECT_FALSE(FromBase64(text)) << text;
    }
    EXPECT_TRUE(IsPlainDecimal("0") && IsPlainDecimal("10"));
    for (const auto* text : {"", "01", "+1", "-1", "1e3", "1.0", " 1"}) {
        EXPECT_FALSE(IsPlainDecimal(text)) << text;
    }
}

TEST(DigestTest, HashesAsPublished)
{
    EXPECT_EQ(ToHex(Sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(ToHex(Sha512Half("abc")),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a");
}

TEST(LogTest, WritesOneObjectALineThatNoFieldCanForge)
{
    std::ostringstream out;
    const FakeClock clock;
    Log log{out, "test", clock};
    log.Debug("left out");
    log.Info("hello\n{\"level\":\"error\"}", {{"order", "a\nb"}});
    const auto text = out.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    const auto line = boost::json::parse(text).as_object();
    EXPECT_EQ(line.at("level").as_string(), "info");
    EXPECT_EQ(line.at("order").as_string(), "a\nb");
    EXPECT_EQ(line.at("time").as_string(), "2026-01-01T00:00:00.000Z");
}

TEST(SecretTest, ComparesAndMoves)
{
    Secret first{"abc"};
    EXPECT_TRUE(first == Secret{"abc"});
    EXPECT_FALSE(first == Secret{"abd"});
    EXPECT_FALSE(first == Secret{"ab"});
    const Secret second{std::move(first)};
    EXPECT_EQ(second.Expose(), "abc");
}

}  // namespace
}  // namespace berth
