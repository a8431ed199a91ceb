#include "relay-image/payment/fees.hpp"

#include <boost/json/serialize.hpp>

#include "tests/unit/relay/payment/payment_fakes.hpp"

namespace berth::relay {
namespace {

Fees SomeFees()
{
    return {.admission = 100,
            .subscription = 50,
            .period = std::chrono::hours{24},
            .publication = {{{1, 1}, 5}, {{30000, 39999}, 20}, {{0, 65535}, 1}},
            .free_kinds = {{0, 0}, {10002, 10002}}};
}

/// A zap receipt of some wallet to `recipient`, over a zap request that `sender` signed.
nostr::Event Receipt(const nostr::SecretKey& wallet, const nostr::SecretKey& sender,
                     const std::string& recipient, const std::string& asked)
{
    const auto request = test::Sign(sender, {.kind = 9734, .tags = {{"p", asked}}});
    return test::Sign(
        wallet,
        {.kind = 9735,
         .tags = {{"p", recipient}, {"bolt11", "lnbc1"}, {"description", nostr::ToJson(request)}}});
}

TEST(FeesTest, TheFirstPriceThatHoldsTheKindCounts)
{
    const auto fees = SomeFees();
    EXPECT_EQ(fees.PriceOf(1), money::Amount{5});
    EXPECT_EQ(fees.PriceOf(30023), money::Amount{20});
    EXPECT_EQ(fees.PriceOf(7), money::Amount{1});
    EXPECT_EQ(Fees{}.PriceOf(1), money::Amount{});
}

TEST(FeesTest, DeletionsAndVanishingAreFreeWhateverIsSet)
{
    auto fees = SomeFees();
    EXPECT_TRUE(fees.IsFreeKind(0));
    EXPECT_FALSE(fees.IsFreeKind(1));
    fees.free_kinds.clear();
    EXPECT_TRUE(fees.IsFreeKind(5));
    EXPECT_TRUE(fees.IsFreeKind(62));
    EXPECT_FALSE(fees.IsFreeKind(0));
}

TEST(FeesTest, NothingIsAskedForWhereAllFeesAreZero)
{
    EXPECT_FALSE(Fees{}.Any());
    EXPECT_FALSE((Fees{.publication = {{{1, 1}, 0}}}).Any());
    EXPECT_TRUE((Fees{.admission = 1}).Any());
    EXPECT_TRUE((Fees{.publication = {{{1, 1}, 0}, {{2, 2}, 1}}}).Any());
}

TEST(FeesTest, ReadsKindsAsPeopleWriteThem)
{
    EXPECT_EQ(ParseKinds("7").value(), (KindRange{7, 7}));
    EXPECT_EQ(ParseKinds("20000-29999").value(), (KindRange{20000, 29999}));
    EXPECT_EQ(ParseKinds("*").value(), (KindRange{0, 65535}));
    for (const auto* text : {"", "-", "7-", "-7", "9-7", "65536", "a", "1-b", "1,2"}) {
        EXPECT_EQ(ParseKinds(text).error().reason, "BAD_KINDS") << text;
    }
}

TEST(FeesTest, TheNip11DocumentTellsEveryFeeInItsUnit)
{
    const auto text = boost::json::serialize(FeesDocument(SomeFees()));
    EXPECT_NE(text.find(R"("admission":[{"unit":"drops","amount":100}])"), std::string::npos);
    EXPECT_NE(text.find(R"("amount":50,"period":86400)"), std::string::npos);
    EXPECT_NE(text.find(R"({"unit":"drops","amount":5,"kinds":[1]})"), std::string::npos);
    EXPECT_NE(text.find(R"({"unit":"drops","amount":1}])"), std::string::npos) << text;
    EXPECT_EQ(boost::json::serialize(FeesDocument(Fees{})), "{}");
}

TEST(FeesTest, AZapReceiptIsToWhomItsSignedRequestNames)
{
    const auto wallet = nostr::SecretKey::Generate();
    const auto sender = nostr::SecretKey::Generate();
    const std::string member(64, '1');
    const std::string other(64, '2');
    EXPECT_TRUE(IsZapReceiptTo(Receipt(wallet, sender, member, member), member));
    EXPECT_FALSE(IsZapReceiptTo(Receipt(wallet, sender, member, other), member));
    EXPECT_FALSE(IsZapReceiptTo(Receipt(wallet, sender, other, other), member));
    EXPECT_FALSE(
        IsZapReceiptTo(test::Sign(wallet, {.kind = 9735, .tags = {{"p", member}}}), member));
    EXPECT_FALSE(IsZapReceiptTo(test::Sign(wallet, {.kind = 1, .tags = {{"p", member}}}), member));
    EXPECT_FALSE(IsZapReceiptTo(Receipt(wallet, sender, "", ""), ""));
}

TEST(FeesTest, AZapRequestThatNobodySignedMakesNoReceipt)
{
    const auto wallet = nostr::SecretKey::Generate();
    const std::string member(64, '1');
    auto request = test::Sign(wallet, {.kind = 9734, .tags = {{"p", member}}});
    request.content = "changed";
    const auto receipt = test::Sign(
        wallet,
        {.kind = 9735,
         .tags = {{"p", member}, {"bolt11", "lnbc1"}, {"description", nostr::ToJson(request)}}});
    EXPECT_FALSE(IsZapReceiptTo(receipt, member));
}

}  // namespace
}  // namespace berth::relay
