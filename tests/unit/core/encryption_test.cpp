#include <gtest/gtest.h>

#include "core/nostr/encryption.hpp"
#include "core/nostr/gift_wrap.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::nostr {
namespace {

TEST(EncryptionTest, OpensWithEitherSidesKeyAndNoOther)
{
    const auto alice = SecretKey::Generate();
    const auto bob = SecretKey::Generate();
    for (const std::size_t size : {1U, 32U, 33U, 1000U, 65535U}) {
        const std::string text(size, 'x');
        const auto payload = Encrypt44(Secret{text}, alice, bob.pubkey());
        ASSERT_TRUE(payload.has_value());
        EXPECT_EQ(Decrypt44(*payload, bob, alice.pubkey())->Expose(), text);
        EXPECT_EQ(Decrypt44(*payload, alice, bob.pubkey())->Expose(), text);
        const auto eve = Decrypt44(*payload, SecretKey::Generate(), alice.pubkey());
        EXPECT_EQ(eve.error().reason, "BAD_MAC");
    }
}

TEST(EncryptionTest, RefusesWhatItCannotCarry)
{
    const auto key = SecretKey::Generate();
    EXPECT_EQ(Encrypt44(Secret{""}, key, key.pubkey()).error().reason, "BAD_PLAINTEXT");
    EXPECT_EQ(Encrypt44(Secret{std::string(65536, 'x')}, key, key.pubkey()).error().reason,
              "BAD_PLAINTEXT");
    EXPECT_EQ(Encrypt44(Secret{"x"}, key, std::string(64, 'f')).error().reason, "BAD_PUBLIC_KEY");
}

TEST(EncryptionTest, RefusesChangedAndMalformedPayloads)
{
    const auto alice = SecretKey::Generate();
    const auto bob = SecretKey::Generate();
    auto payload = *Encrypt44(Secret{"hello"}, alice, bob.pubkey());
    EXPECT_EQ(Decrypt44("", bob, alice.pubkey()).error().reason, "BAD_PAYLOAD");
    EXPECT_EQ(Decrypt44("#v3", bob, alice.pubkey()).error().reason, "BAD_PAYLOAD");
    payload[20] = payload[20] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Decrypt44(payload, bob, alice.pubkey()).error().reason, "BAD_MAC");
}

TEST(GiftWrapTest, HidesTheAuthorAndProvesHimToTheReader)
{
    const FakeClock clock;
    const auto alice = SecretKey::Generate();
    const auto bob = SecretKey::Generate();
    Event rumor;
    rumor.kind = 14;
    rumor.created_at = ToUnixSeconds(clock.Now());
    rumor.content = "Your lease is active.";
    const auto wrap = WrapGift(rumor, alice, bob.pubkey(), clock.Now());
    ASSERT_TRUE(wrap.has_value());
    EXPECT_NE(wrap->pubkey, alice.pubkey());
    const auto opened = UnwrapGift(*wrap, bob);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_EQ(opened->pubkey, alice.pubkey());
    EXPECT_EQ(opened->content, rumor.content);
    EXPECT_TRUE(UnwrapGift(*wrap, alice).has_error());
    EXPECT_EQ(UnwrapGift(*opened, bob).error().reason, "BAD_GIFT");
}

}  // namespace
}  // namespace berth::nostr
