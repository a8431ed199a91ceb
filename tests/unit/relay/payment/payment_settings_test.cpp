#include "relay-image/payment/payment_settings.hpp"

#include <gtest/gtest.h>

#include "core/config/load.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::relay {
namespace {

Result<PaymentSettings> Read(std::vector<std::string> flags, const std::string& url = "")
{
    config::Arguments arguments;
    for (auto& flag : flags) arguments.flags_and_words.push_back("--relay.payment." + flag);
    const auto loaded = config::Load(PaymentSettingsTable(), arguments);
    if (!loaded) return loaded.error();
    return ReadPaymentSettings(loaded->config, std::string(64, 'a'), url);
}

std::string ReasonOf(const Result<PaymentSettings>& settings)
{
    return settings ? "" : settings.error().reason;
}

std::vector<std::string> Local(const std::vector<std::string>& more = {})
{
    std::vector<std::string> all{"verifier=local", "xrp.url=http://127.0.0.1:5005",
                                 "xrp.account=" + rails::XrpKey::Generate().address()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

TEST(PaymentSettingsTest, AsksForNothingUnlessItIsTold)
{
    const auto settings = Read({});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->verifier, VerifierKind::kNone);
    EXPECT_FALSE(settings->paywall.fees.Any());
}

TEST(PaymentSettingsTest, ReadsFeesFreeKindsAndWhereTheyAreExplained)
{
    const auto settings = Read(Local({"admission=100", "publication=1=10, 30000-39999=50, *=5",
                                      "free_kinds=0, 20000-29999", "free_zaps=all",
                                      "when_down=accept", "xrp.destination_tag=7"}),
                               "wss://relay.test/");
    ASSERT_TRUE(settings) << settings.error().message;
    const auto& fees = settings->paywall.fees;
    EXPECT_EQ(fees.admission, money::Amount{100});
    EXPECT_EQ(fees.PriceOf(1), money::Amount{10});
    EXPECT_EQ(fees.PriceOf(30023), money::Amount{50});
    EXPECT_EQ(fees.PriceOf(7), money::Amount{5});
    EXPECT_TRUE(fees.IsFreeKind(20001));
    EXPECT_FALSE(fees.IsFreeKind(3));
    EXPECT_EQ(fees.free_zaps, FreeZaps::kEverybodys);
    EXPECT_TRUE(fees.free_authors.contains(std::string(64, 'a')));
    EXPECT_TRUE(settings->paywall.accept_when_down);
    EXPECT_EQ(settings->local.destination_tag, 7U);
    EXPECT_EQ(settings->paywall.payments_url, "https://relay.test/payments");
}

TEST(PaymentSettingsTest, AFeeNeedsAVerifierAndAVerifierWhatItWorksWith)
{
    EXPECT_EQ(ReasonOf(Read({"admission=1"})), "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read({"verifier=local"})), "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read({"verifier=marketplace"})), "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read({"verifier=dassie", "dassie.url=ws://127.0.0.1:1/rpc"})),
              "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read({"verifier=local", "xrp.url=http://x", "xrp.account=rWrong"})),
              "CONFIG_BAD_VALUE");
}

TEST(PaymentSettingsTest, WhatCannotBeIsRefused)
{
    for (const auto* flag :
         {"publication=1", "publication=1=x", "publication=9-3=1", "publication=1=-5",
          "publication=1=18446744073709551616", "free_kinds=abc", "free_authors=nobody",
          "free_zaps=some", "when_down=hope", "verifier=magic"}) {
        EXPECT_EQ(ReasonOf(Read(Local({flag}))), "CONFIG_BAD_VALUE") << flag;
    }
}

}  // namespace
}  // namespace berth::relay
