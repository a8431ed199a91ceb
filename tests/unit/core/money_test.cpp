#include <gtest/gtest.h>

#include <limits>

#include "core/money/conversion.hpp"

namespace berth::money {
namespace {

constexpr std::string_view kWidest = "340282366920938463463374607431768211455";

Amount Read(std::string_view text) { return Amount::ParseSigned(text).value(); }

TEST(AmountTest, ReadsPlainDecimalsOnly)
{
    EXPECT_EQ(Amount::Parse("0")->ToString(), "0");
    EXPECT_EQ(Amount::Parse(kWidest)->ToString(), kWidest);
    for (const auto* text :
         {"", "-1", "+1", "01", "1e3", "1.0", " 1", "0x1",
          "340282366920938463463374607431768211456", "9999999999999999999999999999999999999999"}) {
        const auto amount = Amount::Parse(text);
        ASSERT_TRUE(amount.has_error()) << text;
        EXPECT_EQ(amount.error().reason, "BAD_AMOUNT");
    }
    EXPECT_EQ(Read("-5").ToString(), "-5");
    EXPECT_EQ(Read("-0"), Amount{});
    EXPECT_TRUE(Amount::ParseSigned("--1").has_error());
}

TEST(AmountTest, OrdersAndCountsAcrossZero)
{
    EXPECT_LT(Read("-7"), Read("-6"));
    EXPECT_LT(Read("-1"), Read("0"));
    EXPECT_LT(Read("9"), Read("10"));
    EXPECT_EQ(Amount{5} - Amount{7}, Read("-2"));
    EXPECT_EQ(Read("-2") + Amount{5}, Amount{3});
    EXPECT_EQ(Amount{3} - Amount{3}, Amount{});
    EXPECT_EQ(-Amount{3}, Read("-3"));
    EXPECT_EQ(Amount{std::numeric_limits<std::int64_t>::min()}.ToString(), "-9223372036854775808");
}

TEST(AmountTest, FitsIntoSixtyFourBitsWhereItCan)
{
    EXPECT_EQ(Read("9223372036854775807").ToInt64(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(Read("-9223372036854775808").ToInt64(), std::numeric_limits<std::int64_t>::min());
    EXPECT_FALSE(Read("9223372036854775808").ToInt64());
}

TEST(AmountDeathTest, StopsTheProgramRatherThanOverflow)
{
    EXPECT_DEATH((void)(Read(kWidest) + Amount{1}), "");
    EXPECT_DEATH((void)Read(kWidest).raw(), "");
    EXPECT_DEATH((void)MulDiv(Read(kWidest), Amount{2}, Amount{1}, Rounding::kFloor), "");
    EXPECT_DEATH((void)MulDiv(Amount{1}, Amount{1}, Amount{0}, Rounding::kFloor), "");
}

TEST(MulDivTest, RoundsOnceInEachOfThreeWays)
{
    struct Case {
        std::int64_t value, floor, ceil, half_even;
    };
    for (const auto& [value, floor, ceil, half_even] :
         {Case{3, 1, 2, 2}, Case{5, 2, 3, 2}, Case{4, 2, 2, 2}, Case{-3, -2, -1, -2},
          Case{-5, -3, -2, -2}, Case{0, 0, 0, 0}}) {
        EXPECT_EQ(MulDiv(value, 1, 2, Rounding::kFloor), Amount{floor}) << value;
        EXPECT_EQ(MulDiv(value, 1, 2, Rounding::kCeil), Amount{ceil}) << value;
        EXPECT_EQ(MulDiv(value, 1, 2, Rounding::kHalfEven), Amount{half_even}) << value;
    }
}

TEST(MulDivTest, KeepsTheWholeProduct)
{
    EXPECT_EQ(MulDiv(Read(kWidest), Read(kWidest), Read(kWidest), Rounding::kFloor).ToString(),
              kWidest);
    EXPECT_EQ(MulDiv(Read(kWidest), Amount{7}, Amount{8}, Rounding::kFloor).ToString(),
              "297747071055821155530452781502797185023");
}

TEST(ConversionTest, KnowsItsAssetsByCodeAndEverydayName)
{
    EXPECT_EQ(FindAsset("xrp")->decimals, 6);
    EXPECT_EQ(FindAsset("drop")->code, "xrp");
    EXPECT_EQ(FindAsset("akt")->code, "uakt");
    EXPECT_EQ(FindAsset("wei")->decimals, 18);
    for (const auto* code : {"", "XRP", "doge"}) {
        EXPECT_EQ(FindAsset(code).error().reason, "UNKNOWN_ASSET") << code;
    }
}

TEST(ConversionTest, NeverChargesLessThanItCredits)
{
    const Price price{.snapshot_id = "00", .usd_e8 = Amount{217'654'321}};
    const auto xrp = *FindAsset("xrp");
    for (std::int64_t micros = 1; micros < 2'000; micros += 7) {
        const auto charged = FromUsdMicros(micros, xrp, price, Rounding::kCeil);
        EXPECT_GE(ToUsdMicros(charged, xrp, price, Rounding::kFloor), Amount{micros});
    }
}

}  // namespace
}  // namespace berth::money
