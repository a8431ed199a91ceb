#include <gtest/gtest.h>

#include "akash/chain.hpp"

namespace berth::akash {
namespace {

TEST(DecimalTest, ReadsEighteenPlacesExactly)
{
    EXPECT_EQ(ParseDec18("27.018062000000000000")->ToString(), "27018062000000000000");
    EXPECT_EQ(ParseDec18("1000")->ToString(), "1000000000000000000000");
    EXPECT_EQ(ParseDec18("0.000000000000000001")->ToString(), "1");
    EXPECT_EQ(ParseDec18("-200000.000000000000000000")->ToString(), "-200000000000000000000000");
}

TEST(DecimalTest, WritesBackWhatItRead)
{
    for (const char* text :
         {"27.018062000000000000", "0.000000000000000001", "-0.500000000000000000",
          "0.000000000000000000", "-200000.000000000000000000"}) {
        EXPECT_EQ(FormatDec18(*ParseDec18(text)), text);
    }
}

TEST(DecimalTest, RefusesWhatIsNoDecimal)
{
    for (const char* text : {"", ".", "1.", ".5", "1e3", "+1", "--1", "01", "1.0000000000000000001",
                             "0x10", "1 ", "NaN"}) {
        EXPECT_EQ(ParseDec18(text).error().reason, "BAD_DECIMAL") << text;
    }
}

}  // namespace
}  // namespace berth::akash
