#include "akash/address.hpp"

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

TEST(AddressTest, IsTheOneThatTheChainKnowsAKeyBy)
{
    const auto key = FromBase64("ArpmqEz3g5rxcqE+f8n15wCMuLyhWF+PO6+zA57aPB/d");
    ASSERT_TRUE(key);
    EXPECT_EQ(AddressOf(*key), "akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9");
}

TEST(AddressTest, IsNoneOfWhatIsNoKey)
{
    EXPECT_EQ(AddressOf(""), "");
    EXPECT_EQ(AddressOf(std::string(32, 'k')), "");
    EXPECT_EQ(AddressOf(std::string(65, 'k')), "");
}

}  // namespace
}  // namespace berth::akash
