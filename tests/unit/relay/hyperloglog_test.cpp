#include "relay-image/protocol/hyperloglog.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

std::optional<int> OffsetOf(const std::string& filter)
{
    return HllOffsetOf(boost::json::parse(filter).as_object());
}

TEST(HyperLogLogTest, TakesTheOffsetFromTheFirstValueOfTheFirstTag)
{
    const std::string zeros(32, '0');
    const auto id = zeros + "7" + std::string(31, '0');
    const auto other = zeros + "f" + std::string(31, '0');
    EXPECT_EQ(OffsetOf(R"({"#e":[")" + id + R"("],"kinds":[7]})"), 15);
    EXPECT_EQ(OffsetOf(R"({"kinds":[7],"#e":[")" + other + R"(",")" + id + R"("]})"), 23);
    EXPECT_EQ(OffsetOf(R"({"#p":[")" + id + R"("],"#e":[")" + other + R"("]})"), 15);
    EXPECT_EQ(OffsetOf(R"({"#a":["30023:)" + id + R"(:name"]})"), 15) << "an address has a key";
    EXPECT_EQ(OffsetOf(R"({"kinds":[1]})"), std::nullopt);
    EXPECT_EQ(OffsetOf(R"({"#t":[]})"), std::nullopt);
}

TEST(HyperLogLogTest, HashesValuesThatAreNoKeys)
{
    const auto digit = ToHex(Sha256("nostr"))[32];
    EXPECT_EQ(OffsetOf(R"({"#t":["nostr"]})"), 8 + (digit <= '9' ? digit - '0' : digit - 'a' + 10));
    EXPECT_EQ(OffsetOf(R"({"#a":["1:2:3:4"]})").has_value(), true);
}

TEST(HyperLogLogTest, KeepsTheLongestRunOfZerosOfEachRegister)
{
    HyperLogLog registers{8};
    std::string pubkey(32, '\xFF');
    pubkey[8] = 3;
    pubkey[9] = 0;
    pubkey[10] = 0x10;  // 8 + 3 zeros.
    registers.Add(pubkey);
    pubkey[9] = 0x40;  // One: fewer than before.
    registers.Add(pubkey);
    pubkey[8] = 4;
    registers.Add(pubkey);
    pubkey[8] = 5;
    for (int i = 9; i < 16; ++i) pubkey[static_cast<std::size_t>(i)] = 0;
    registers.Add(pubkey);
    const auto bytes = *FromHex(registers.ToHex());
    ASSERT_EQ(bytes.size(), 256U);
    EXPECT_EQ(bytes[3], 12);
    EXPECT_EQ(bytes[4], 2);
    EXPECT_EQ(bytes[5], 57) << "no further than seven bytes";
    EXPECT_EQ(bytes[6], 0);
}

}  // namespace
}  // namespace berth::relay
