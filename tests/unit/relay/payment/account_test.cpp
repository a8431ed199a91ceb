#include "relay-image/payment/account.hpp"

#include <gtest/gtest.h>

namespace berth::relay {
namespace {

using money::Amount;

constexpr std::int64_t kNow = 1'700'000'000;

PaymentTag Claim(std::int64_t amount, std::uint64_t nonce, std::string channel = "C")
{
    return {.channel_id = std::move(channel),
            .cumulative = amount,
            .nonce = nonce,
            .signature = "ab",
            .currency = "XRP"};
}

Fees PerEvent(std::int64_t price) { return {.publication = {{{0, 65535}, price}}}; }

TEST(PaymentAccountTest, AClaimCreditsItsGrowthOnly)
{
    PaymentAccount account;
    EXPECT_EQ(account.Credit(Claim(100, 1), {}), Amount{100});
    EXPECT_EQ(account.Credit(Claim(130, 2), {}), Amount{30});
    EXPECT_EQ(account.Credit(Claim(130, 3), {}), Amount{0});
    EXPECT_EQ(account.Credit(Claim(90, 4), {}), Amount{0});
    EXPECT_EQ(account.balance, Amount{130});
    EXPECT_EQ(account.received, Amount{130});
}

TEST(PaymentAccountTest, WhatWasPaidOutOrAcceptedElsewhereIsNotCreditedAgain)
{
    PaymentAccount account;
    EXPECT_EQ(account.Credit(Claim(100, 1), 40), Amount{60});
    EXPECT_EQ(account.Credit(Claim(120, 2), 500), Amount{0});
    EXPECT_EQ(account.GrowthOf(Claim(500, 3)), Amount{0});
}

TEST(PaymentAccountTest, ChannelsAreCreditedApart)
{
    PaymentAccount account;
    account.Credit(Claim(100, 1, "A"), {});
    EXPECT_EQ(account.Credit(Claim(70, 1, "B"), {}), Amount{70});
}

TEST(PaymentAccountTest, ANonceThatDoesNotRiseIsRefused)
{
    PaymentAccount account;
    account.Credit(Claim(100, 5), {});
    EXPECT_EQ(account.CheckClaim(Claim(200, 5), 1).error().reason, "NOT_INCREASING");
    EXPECT_EQ(account.CheckClaim(Claim(200, 4), 1).error().reason, "NOT_INCREASING");
    EXPECT_TRUE(account.CheckClaim(Claim(200, 6), 1));
}

TEST(PaymentAccountTest, DustAndTheSeventeenthChannelAreRefused)
{
    PaymentAccount account;
    EXPECT_EQ(account.CheckClaim(Claim(9, 1), 10).error().reason, "DUST");
    EXPECT_TRUE(account.CheckClaim(Claim(10, 1), 10));
    for (std::size_t i = 0; i < PaymentAccount::kChannelsMax; ++i) {
        account.Credit(Claim(10, 1, "C" + std::to_string(i)), {});
    }
    EXPECT_EQ(account.CheckClaim(Claim(10, 1, "one more"), 1).error().reason, "TOO_MANY_CHANNELS");
    EXPECT_TRUE(account.CheckClaim(Claim(20, 2, "C3"), 1));
}

TEST(PaymentAccountTest, TheWidestAmountsDoNotOverflow)
{
    PaymentAccount account;
    const auto widest = Amount::FromUnsigned(~std::uint64_t{0});
    for (std::size_t i = 0; i < PaymentAccount::kChannelsMax; ++i) {
        auto claim = Claim(1, 1, "C" + std::to_string(i));
        claim.cumulative = widest;
        account.Credit(claim, {});
    }
    EXPECT_EQ(account.balance.ToString(), "295147905179352825840");
    EXPECT_EQ(ReadAccount(WriteAccount(account)).value().balance, account.balance);
}

TEST(PaymentAccountTest, FeesAddUpAndAdmissionIsPaidOnce)
{
    auto fees = PerEvent(5);
    fees.admission = 100;
    fees.subscription = 50;
    fees.period = std::chrono::seconds{3600};
    PaymentAccount account;
    account.Credit(Claim(1000, 1), {});
    EXPECT_EQ(account.Due(fees, 1, kNow), Amount{155});
    account.Charge(fees, 1, kNow, "e1");
    EXPECT_EQ(account.balance, Amount{845});
    EXPECT_EQ(account.Due(fees, 1, kNow + 3599), Amount{5});
    EXPECT_EQ(account.Due(fees, 1, kNow + 3600), Amount{55});
}

TEST(PaymentAccountTest, AKeyThatCameBeforeAnAdmissionFeeStillOwesIt)
{
    PaymentAccount account;
    account.Credit(Claim(1000, 1), {});
    account.Charge(PerEvent(5), 1, kNow, "e1");
    auto fees = PerEvent(5);
    fees.admission = 100;
    EXPECT_EQ(account.Due(fees, 1, kNow), Amount{105});
}

TEST(PaymentAccountTest, ARefundIsGivenOnce)
{
    PaymentAccount account;
    account.Credit(Claim(100, 1), {});
    account.Charge(PerEvent(5), 1, kNow, "e1");
    account.Refund("e1", 5);
    account.Refund("e1", 5);
    account.Refund("never charged", 5);
    EXPECT_EQ(account.balance, Amount{100});
    EXPECT_FALSE(account.WasCharged("e1"));
}

TEST(PaymentAccountTest, RemembersTheEventsThatWereChargedLast)
{
    PaymentAccount account;
    for (std::size_t i = 0; i <= PaymentAccount::kRememberedMax; ++i) {
        account.Charge(PerEvent(1), 1, kNow, "e" + std::to_string(i));
    }
    account.ForgetCharged([](const auto& id) { return id == "e0"; });
    EXPECT_TRUE(account.WasCharged("e0")) << "it may be lost on its way";
    account.ForgetCharged([](const auto&) { return false; });
    EXPECT_FALSE(account.WasCharged("e0"));
    EXPECT_TRUE(account.WasCharged("e1"));
    EXPECT_EQ(account.charged.size(), PaymentAccount::kRememberedMax);
}

TEST(PaymentAccountTest, HopesForTheHighestUnsettledClaimOfAChannel)
{
    PaymentAccount account;
    account.Credit(Claim(100, 1), {});
    account.balance = -20;
    account.unsettled = {{Claim(110, 2), "e1"}, {Claim(130, 3), "e2"}, {Claim(7, 1, "D"), "e3"}};
    EXPECT_EQ(account.Hoped(), Amount{-20 + 30 + 7});
}

TEST(PaymentAccountTest, ARecordHoldsAllOfIt)
{
    PaymentAccount account;
    account.Credit(Claim(100, 1), {});
    account.Charge(PerEvent(105), 1, kNow, "e1");
    account.admitted = true;
    account.subscribed_until = kNow;
    account.unsettled.push_back({Claim(9, 3, "D"), "e2"});
    const auto read = ReadAccount(WriteAccount(account)).value();
    EXPECT_EQ(WriteAccount(read), WriteAccount(account));
    EXPECT_EQ(read.balance, Amount{-5});
    EXPECT_EQ(read.channels.at("C").nonce, 1U);
    EXPECT_TRUE(read.WasCharged("e1"));
    EXPECT_EQ(read.unsettled.at(0).tag, Claim(9, 3, "D"));
}

TEST(PaymentAccountTest, KeepsTheBestClaimOfEachChannel)
{
    PaymentAccount account;
    auto claim = Claim(100, 1);
    claim.signature = "01";
    account.Credit(claim, {});
    auto worse = Claim(90, 2);
    worse.signature = "02";
    account.Credit(worse, {});
    account.Credit(Claim(120, 3), 500);  // Paid out on the chain already.
    account.Credit(Claim(7, 1, "D"), {});
    const auto channels = ReadAccount(WriteAccount(account)).value().channels;
    EXPECT_EQ(channels, account.channels);
    EXPECT_EQ(channels.at("C").claimed, Amount{100});
    EXPECT_EQ(channels.at("C").signature, "01");
    EXPECT_EQ(channels.at("C").accepted, Amount{500});
    EXPECT_EQ(channels.at("D").claimed, Amount{7});
}

TEST(PaymentAccountTest, ReadsRecordsFromBeforeClaimsWereKept)
{
    constexpr auto kRecord =
        R"({"balance":"5","received":"15","admitted":true,"subscribed_until":0,)"
        R"("channels":{"C":{"accepted":"15","nonce":"2"}},"charged":["e1"],"unsettled":[]})";
    const auto account = ReadAccount(kRecord).value();
    EXPECT_EQ(account.channels.at("C").accepted, Amount{15});
    EXPECT_EQ(account.channels.at("C").claimed, Amount{0});
    EXPECT_EQ(WriteAccount(account), kRecord);
}

TEST(PaymentAccountTest, ARecordThatIsNoneIsRefused)
{
    for (const auto* text : {"", "{}", "[]", R"({"balance":"x"})", R"({"balance":5})"}) {
        EXPECT_EQ(ReadAccount(text).error().reason, "BAD_PAYMENT_RECORD") << text;
    }
}

TEST(PaymentAccountTest, AnInvoiceIsCreditedOnceAndByWhatWasPaid)
{
    PaymentAccount account;
    account.invoices["aa"] = {.amount = 1000, .expires_at = kNow};
    EXPECT_FALSE(account.CreditInvoice("bb", 1000));
    EXPECT_TRUE(account.CreditInvoice("aa", 1500));
    EXPECT_FALSE(account.CreditInvoice("aa", 1500));
    EXPECT_EQ(account.balance, Amount{1500});
    EXPECT_EQ(account.received, Amount{1500});
    EXPECT_TRUE(account.invoices.empty());
    ASSERT_EQ(account.receipts.size(), 1U);
    EXPECT_EQ(account.receipts[0].payment_hash, "aa");
}

TEST(PaymentAccountTest, KeepsTheLastReceiptsOnly)
{
    PaymentAccount account;
    for (char c = 'a'; c < 'h'; ++c) {
        account.invoices[std::string{c}] = {.amount = 1};
        EXPECT_TRUE(account.CreditInvoice(std::string{c}, 1));
    }
    EXPECT_EQ(account.receipts.size(), PaymentAccount::kReceiptsMax);
    EXPECT_EQ(account.receipts.back().payment_hash, "g");
    EXPECT_EQ(account.balance, Amount{7});
}

TEST(PaymentAccountTest, InvoicesAndReceiptsSurviveInTheRecord)
{
    PaymentAccount account;
    account.invoices["aa"] = {.amount = 1000, .made_at = 1, .expires_at = 2, .request = "lnbc1"};
    account.invoices["bb"] = {.amount = 7};
    EXPECT_TRUE(account.CreditInvoice("bb", 9));
    const auto read = ReadAccount(WriteAccount(account));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->invoices, account.invoices);
    ASSERT_EQ(read->receipts.size(), 1U);
    EXPECT_EQ(read->receipts[0].paid, Amount{9});
}

TEST(PaymentAccountTest, ReadsARecordOfBeforeThereWereInvoices)
{
    const auto read =
        ReadAccount(R"({"balance":"5","received":"5","admitted":true,"subscribed_until":0,)"
                    R"("channels":{},"charged":[],"unsettled":[]})");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->balance, Amount{5});
    EXPECT_TRUE(read->invoices.empty());
}

TEST(PaymentAccountTest, IsBlankUntilAnythingStandsInIt)
{
    PaymentAccount account;
    EXPECT_TRUE(account.IsBlank());
    account.invoices["aa"] = {.amount = 1};
    EXPECT_FALSE(account.IsBlank());
    account.invoices.clear();
    EXPECT_TRUE(account.IsBlank());
    account.receipts.push_back({"aa", 1});
    EXPECT_FALSE(account.IsBlank());
}

TEST(PaymentAccountTest, OwesAdmissionAndSubscriptionBeyondTheBalance)
{
    const Fees fees{.admission = 100, .subscription = 30, .period = std::chrono::seconds{60}};
    PaymentAccount account;
    EXPECT_EQ(account.Owed(fees, kNow), Amount{130});
    account.balance = 50;
    EXPECT_EQ(account.Owed(fees, kNow), Amount{80});
    account.admitted = true;
    account.subscribed_until = kNow + 1;
    EXPECT_EQ(account.Owed(fees, kNow), Amount{0});
    account.balance = -20;
    EXPECT_EQ(account.Owed(fees, kNow), Amount{20});
}

}  // namespace
}  // namespace berth::relay
