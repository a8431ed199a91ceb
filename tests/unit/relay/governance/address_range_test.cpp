#include <gtest/gtest.h>

#include "relay-image/governance/address_range.hpp"

namespace berth::relay {
namespace {

TEST(AddressRangeTest, WritesOneTextForOneRange)
{
    EXPECT_EQ(CanonicalRange("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(CanonicalRange("192.0.2.7/32"), "192.0.2.7");
    EXPECT_EQ(CanonicalRange("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(CanonicalRange("10.1.2.3/8"), "10.0.0.0/8");
    EXPECT_EQ(CanonicalRange("10.255.2.3/12"), "10.240.0.0/12");
    EXPECT_EQ(CanonicalRange("2001:DB8:0:0::1/32"), "2001:db8::/32");
    EXPECT_EQ(CanonicalRange("0.0.0.0/0"), "0.0.0.0/0");
}

TEST(AddressRangeTest, RefusesWhatIsNoRange)
{
    for (const auto* text : {"", "example.org", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1",
                             "1.2.3.4/08", "::1/129", "1.2.3.4 "}) {
        EXPECT_FALSE(CanonicalRange(text)) << text;
    }
}

TEST(AddressRangeTest, NamesAllRangesOfAnAddress)
{
    const auto ranges = RangesOf("192.0.2.7");
    ASSERT_EQ(ranges.size(), 33U);
    EXPECT_EQ(ranges.front(), "192.0.2.7");
    EXPECT_EQ(ranges[8], "192.0.2.0/24");
    EXPECT_EQ(ranges.back(), "0.0.0.0/0");
    EXPECT_EQ(RangesOf("::1").size(), 129U);
    EXPECT_TRUE(RangesOf("nowhere").empty());
}

}  // namespace
}  // namespace berth::relay
