#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/encryption.hpp"
#include "worker/sealing/aead.hpp"
#include "worker/sealing/order_sealer.hpp"

namespace berth::worker {
namespace {

class SealingTest : public testing::Test {
protected:
    static OrderSealer MakeSealer(const nostr::SecretKey& key)
    {
        return OrderSealer::Make(Secret{ToHex(RandomBytes(32))}, key).value();
    }
    SealedSecrets Sealed(const std::string& order) const
    {
        const auto sealed = sealer_.Seal(order, secrets_);
        return {sealed.begin(), sealed.end()};
    }

    const nostr::SecretKey operator_key_ = nostr::SecretKey::Generate();
    const OrderSealer sealer_ = MakeSealer(operator_key_);
    const NamedSecrets secrets_{{"a", Secret{"alpha"}}, {"b", Secret{""}}};
};

TEST_F(SealingTest, OpensWhatItSealed)
{
    const auto opened = sealer_.Open("orders/one", Sealed("orders/one"));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, secrets_);
}

TEST_F(SealingTest, HoldsNoSecretInClear)
{
    for (const auto& sealed : Sealed("orders/one")) {
        EXPECT_EQ(sealed.SerializeAsString().find("alpha"), std::string::npos);
        EXPECT_EQ(sealed.key_id(), sealer_.key_id());
    }
}

TEST_F(SealingTest, RefusesTheSecretsOfAnotherOrder)
{
    const auto opened = sealer_.Open("orders/two", Sealed("orders/one"));
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().reason, "SEAL_BROKEN");
}

TEST_F(SealingTest, RefusesASecretUnderAnotherName)
{
    auto sealed = Sealed("orders/one");
    for (auto& secret : sealed) {
        if (secret.name() == "a") secret.set_name("c");
    }
    const auto opened = sealer_.Open("orders/one", sealed);
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().reason, "SEAL_BROKEN");
}

TEST_F(SealingTest, SaysWhichKeyIsMissingAfterARotation)
{
    const auto opened = MakeSealer(operator_key_).Open("orders/one", Sealed("orders/one"));
    ASSERT_TRUE(opened.has_error());
    EXPECT_EQ(opened.error().reason, "SEALING_KEY_UNKNOWN");
}

TEST_F(SealingTest, LetsTheCustomerReadWhatIsHis)
{
    const auto customer = nostr::SecretKey::Generate();
    const auto sealed =
        sealer_.SealForCustomer("dashboard_password", Secret{"open"}, customer.pubkey());
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->reader(), "customer");
    const auto opened = nostr::Decrypt44(sealed->sealed(), customer, operator_key_.pubkey());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->Expose(), "open");
}

TEST_F(SealingTest, NoticesEveryChangedByte)
{
    const Secret key{RandomBytes(32)};
    const auto sealed = SealBytes(key, Secret{"text"}, "context");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_TRUE(OpenBytes(key, changed, "context").has_error()) << i;
    }
    EXPECT_TRUE(OpenBytes(key, sealed.substr(0, 20), "context").has_error());
    EXPECT_TRUE(OpenBytes(key, sealed, "context"));
}

TEST_F(SealingTest, RefusesABadWrappingKey)
{
    EXPECT_TRUE(OrderSealer::Make(Secret{"abc"}, operator_key_).has_error());
}

}  // namespace
}  // namespace berth::worker
