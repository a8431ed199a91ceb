#include "core/rails/xrp_key.hpp"

#include <gtest/gtest.h>

#include "core/rails/xrp.hpp"

namespace berth::rails {
namespace {

// Published throw-away seeds, as xrpl.js derives them (tests/vectors/xrpl_claims.json).
struct Known {
    const char* seed;
    const char* address;
    const char* public_key;
};
constexpr Known kSecp256k1{"sp538Hpb8qa1pcZUzPq8KcAMzNGpq", "rHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVaV",
                           "027E61FB7D355EEC4E2D66ED9D8AD1A0086ADFBBC1E89C8E7ECC0C03F87E62E663"};
constexpr Known kEd25519{"sEdSLj1y14mrWhnPxwRyrLmSms8gKwt", "rK1heETT84HArWcnVtD1JL3cJbb7ceRWiG",
                         "ED49879E14925ADF3657C202D7AC8F692C2180B3A9C449D4030B3F1D01F1110473"};
constexpr auto kChannel = "3DDD02845A4444CA7E563D309665BF73F25CB1F66239BFAEFBD2BC607C5BC33E";

class XrpKeyTest : public testing::TestWithParam<Known> {};

TEST_P(XrpKeyTest, DerivesKeyAndAddressAsTheLedgersOwnLibraryDoes)
{
    const auto key = XrpKey::FromSeed(GetParam().seed);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->public_key_hex(), GetParam().public_key);
    EXPECT_EQ(key->address(), GetParam().address);
}

TEST_P(XrpKeyTest, SignsClaimsThatTheVerifierAccepts)
{
    const auto key = XrpKey::FromSeed(GetParam().seed);
    ASSERT_TRUE(key);
    const auto message = XrpClaimMessage(kChannel, 1'000'000);
    ASSERT_TRUE(message);
    const Claim claim{kChannel, 1'000'000, key->Sign(*message)};
    EXPECT_TRUE(XrpClaimVerifier{}.Verify(claim, key->public_key_hex()));
    const Claim more{kChannel, 1'000'001, claim.signature_hex};
    EXPECT_FALSE(XrpClaimVerifier{}.Verify(more, key->public_key_hex()));
}

INSTANTIATE_TEST_SUITE_P(BothCurves, XrpKeyTest, testing::Values(kSecp256k1, kEd25519));

TEST(XrpKeySeedTest, GeneratesSeedsThatItReadsBack)
{
    const auto seed = XrpKey::GenerateSeed();
    EXPECT_TRUE(seed.Expose().starts_with("sEd"));
    EXPECT_TRUE(XrpKey::FromSeed(seed.Expose()));
}

TEST(XrpKeySeedTest, RefusesASeedWithAWrongCharacter)
{
    for (const auto* bad : {"sp538Hpb8qa1pcZUzPq8KcAMzNGpr", "sp538Hpb8qa1pcZUzPq8KcAMzNGp0",
                            "rsp538Hpb8qa1pcZUzPq8KcAMzNGpq", "", "s"}) {
        const auto key = XrpKey::FromSeed(bad);
        ASSERT_FALSE(key) << bad;
        EXPECT_EQ(key.error().reason, "BAD_SEED");
    }
}

}  // namespace
}  // namespace berth::rails
