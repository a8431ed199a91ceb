#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::rails {
namespace {

const std::string kChannel(64, 'A');

TEST(XrpTest, VerifiesWhatItsKeySigned)
{
    const auto key = XrpKey::Generate();
    for (const std::int64_t drops : {1L, 1'000'000L, 100'000'000'000'000'000L}) {
        const auto signature = key.SignClaim(kChannel, drops);
        ASSERT_TRUE(signature.has_value());
        const Claim claim{.channel_id = kChannel, .cumulative = drops, .signature_hex = *signature};
        EXPECT_TRUE(XrpClaimVerifier{}.Verify(claim, key.public_key_hex()).has_value());
        const Claim more{
            .channel_id = kChannel, .cumulative = drops - 1, .signature_hex = *signature};
        EXPECT_TRUE(XrpClaimVerifier{}.Verify(more, key.public_key_hex()).has_error());
    }
}

TEST(XrpTest, RefusesAClaimUnderAnotherKeyOrChannel)
{
    const auto key = XrpKey::Generate();
    const auto signature = *key.SignClaim(kChannel, 5);
    const XrpClaimVerifier verifier;
    EXPECT_EQ(verifier.Verify({kChannel, 5, signature}, XrpKey::Generate().public_key_hex())
                  .error()
                  .reason,
              "BAD_CLAIM_SIGNATURE");
    EXPECT_EQ(
        verifier.Verify({std::string(64, 'B'), 5, signature}, key.public_key_hex()).error().reason,
        "BAD_CLAIM_SIGNATURE");
}

TEST(XrpTest, NamesWhatIsMalformed)
{
    const auto key = XrpKey::Generate();
    const XrpClaimVerifier verifier;
    const auto reason = [&](Claim claim) {
        return verifier.Verify(claim, key.public_key_hex()).error().reason;
    };
    EXPECT_EQ(reason({"xyz", 5, "00"}), "BAD_CHANNEL_ID");
    EXPECT_EQ(reason({kChannel, 0, "00"}), "BAD_AMOUNT");
    EXPECT_EQ(reason({kChannel, 100'000'000'000'000'001, "00"}), "BAD_AMOUNT");
    EXPECT_EQ(reason({kChannel, 5, "not hex"}), "BAD_SIGNATURE_ENCODING");
    EXPECT_EQ(verifier.Verify({kChannel, 5, "00"}, "").error().reason, "BAD_PUBLIC_KEY");
}

TEST(XrpTest, RefusesEveryOneByteChangeOfASignature)
{
    const auto key = XrpKey::Generate();
    const auto good = *FromHex(*key.SignClaim(kChannel, 5));
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x01);
        EXPECT_TRUE(
            XrpClaimVerifier{}.Verify({kChannel, 5, ToHex(bad)}, key.public_key_hex()).has_error())
            << i;
    }
}

TEST(XrpTest, ReadsAddressesWithTheirChecksum)
{
    EXPECT_TRUE(IsXrpAddress("rHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVaV"));
    EXPECT_TRUE(IsXrpAddress("rrrrrrrrrrrrrrrrrrrrrhoLvTp"));
    EXPECT_TRUE(IsXrpAddress(XrpKey::Generate().address()));
    for (const auto* text :
         {"", "r", "rHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVaW", "0HA8",
          "rHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVa0", "rrHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVaV"}) {
        EXPECT_FALSE(IsXrpAddress(text)) << text;
    }
}

TEST(XrpTest, DerivesTheAddressOfAKnownKey)
{
    const auto key = FromHex("027E61FB7D355EEC4E2D66ED9D8AD1A0086ADFBBC1E89C8E7ECC0C03F87E62E663");
    EXPECT_EQ(ToXrpAddress(XrpAccountId(*key)), "rHA8FNaLxiZT6PeiQ1ysJS1arQpZH1PVaV");
}

}  // namespace
}  // namespace berth::rails
