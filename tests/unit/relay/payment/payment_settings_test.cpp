#include "relay-image/payment/payment_settings.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

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
    EXPECT_EQ(ReasonOf(Read({"marketplace.address=127.0.0.1:1"})), "CONFIG_MISSING");
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

class LightningSettingsTest : public testing::Test {
protected:
    LightningSettingsTest()
    {
        const auto descriptor = mkstemp(file_.data());  // Only its owner can read it.
        EXPECT_EQ(::write(descriptor, "0201ab\n", 7), 7);
        ::close(descriptor);
    }
    ~LightningSettingsTest() override { std::filesystem::remove(file_); }

    std::vector<std::string> Lightning(const std::vector<std::string>& more = {})
    {
        std::vector<std::string> all{"asset=btc", "admission=1000",
                                     "lightning.url=https://127.0.0.1:8080",
                                     "lightning.macaroon_file=" + file_};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    std::string file_ = "/tmp/berth-macaroon.XXXXXX";
};

TEST_F(LightningSettingsTest, ANodeIsEnoughToBePaid)
{
    const auto settings = Read(Lightning(
        {"lightning.certificate_file=/lnd/tls.cert", "lightning.expiry=2m", "lightning.min_topup=5",
         "lightning.max_topup=5000", "lightning.open_max=7", "lightning.memo=A relay"}));
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->verifier, VerifierKind::kNone);
    EXPECT_EQ(settings->paywall.fees.unit(), "msats");
    EXPECT_TRUE(settings->lightning.is_on());
    EXPECT_EQ(settings->lightning.lnd.macaroon.Expose(), "0201ab");
    EXPECT_EQ(settings->lightning.lnd.ca_file, "/lnd/tls.cert");
    const auto& invoices = settings->lightning.invoices;
    EXPECT_EQ(invoices.expiry, std::chrono::seconds{120});
    EXPECT_EQ(invoices.min_topup, money::Amount{5});
    EXPECT_EQ(invoices.max_topup, money::Amount{5000});
    EXPECT_EQ(invoices.open_max, 7U);
    EXPECT_EQ(invoices.memo, "A relay");
}

TEST_F(LightningSettingsTest, ClaimsMayPayBesideInvoices)
{
    const auto settings = Read(Lightning({"verifier=dassie", "dassie.url=ws://127.0.0.1:1/rpc",
                                          "dassie.token_file=" + file_, "when_down=accept"}));
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->verifier, VerifierKind::kDassie);
    EXPECT_TRUE(settings->lightning.is_on());
}

TEST_F(LightningSettingsTest, WhatCannotBePaidOrAskedIsRefused)
{
    EXPECT_EQ(ReasonOf(Read({"asset=btc", "admission=1"})), "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read({"asset=btc", "lightning.url=https://127.0.0.1:1"})), "CONFIG_MISSING");
    EXPECT_EQ(ReasonOf(Read(Lightning({"lightning.url=http://127.0.0.1:1"}))), "BAD_URL");
    EXPECT_EQ(ReasonOf(Read(Lightning({"lightning.max_topup=999"}))), "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Lightning({"lightning.min_topup=1000000000"}))), "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Lightning({"lightning.memo=" + std::string(201, 'x')}))),
              "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Lightning({"when_down=accept"}))), "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Lightning({"asset=xrp"}))), "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Lightning({"asset=doge"}))), "CONFIG_BAD_VALUE");
    EXPECT_EQ(ReasonOf(Read(Local({"asset=btc"}))), "CONFIG_BAD_VALUE");
    std::ofstream{file_} << "not hex";
    EXPECT_EQ(ReasonOf(Read(Lightning())), "BAD_MACAROON");
    std::filesystem::permissions(file_, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_EQ(ReasonOf(Read(Lightning())), "CONFIG_SECRET_EXPOSED");
}

}  // namespace
}  // namespace berth::relay
