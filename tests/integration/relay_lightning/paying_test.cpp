// Users pay the relay by invoice, and whatever dies on the way, each payment counts once.
#include <gmock/gmock.h>

#include "tests/integration/relay_lightning/lightning_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LightningPayingTest : public LightningRelayTest {
protected:
    void Pay(const std::string& hash, std::int64_t msats = 0)
    {
        lnd_.Command("pay", {{"payment_hash", hash}, {"amt_msat", msats}});
    }
    bool SettlesWith(const std::string& hash, const std::string& balance)
    {
        return Becomes([&] { return StateOf(hash) == "settled"; }) && BalanceOf(alice_) == balance;
    }
};

TEST_F(LightningPayingTest, AUserPaysTheInvoiceThatHeAsksForAndPublishes)
{
    EXPECT_THAT(Publish(alice_), HasSubstr("6000 msats are due"));
    const auto made = Made({{"amount_msat", 8'000}}, &alice_);
    EXPECT_THAT(TextOf(made, "payment_request"), StartsWith("lnbcrt80n1"));
    EXPECT_EQ(TextOf(made, "pubkey"), alice_.pubkey());
    EXPECT_EQ(made.at("amount_msat"), 8'000);
    EXPECT_NEAR(static_cast<double>(made.at("expires_at").as_int64()),
                static_cast<double>(Now() + 600), 5);
    const auto hash = TextOf(made, "payment_hash");
    EXPECT_EQ(StateOf(hash), "open");
    EXPECT_THAT(Publish(alice_), HasSubstr("payment required"));
    Pay(hash);
    EXPECT_TRUE(SettlesWith(hash, "8000"));
    EXPECT_EQ(Publish(alice_), "true");
    EXPECT_EQ(BalanceOf(alice_), "2000");
    EXPECT_EQ(Publish(alice_, "second"), "true");
    EXPECT_EQ(Publish(alice_, "third"), "true");
    EXPECT_THAT(Publish(alice_, "fourth"), HasSubstr("1000 msats are due and the balance is 0"));
}

TEST_F(LightningPayingTest, AnybodyPaysForAKeyAndMoreThanIsAskedForIsBalance)
{
    const auto made = Made({{"pubkey", alice_.pubkey()}});
    EXPECT_EQ(made.at("amount_msat"), 5'000);
    const auto hash = TextOf(made, "payment_hash");
    Pay(hash, 7'500);
    EXPECT_TRUE(SettlesWith(hash, "7500"));
    EXPECT_EQ(Publish(alice_), "true");
    EXPECT_THAT(Publish(bob_), HasSubstr("payment required"));
}

TEST_F(LightningPayingTest, APaymentThatComesWhileTheRelayIsDeadCountsOnce)
{
    const auto hash = TextOf(Made({{"pubkey", alice_.pubkey()}}), "payment_hash");
    relay_.Kill();
    Pay(hash);
    relay_.Start();
    EXPECT_TRUE(SettlesWith(hash, "5000"));
    for (int i = 0; i < 3; ++i) {
        relay_.Kill();
        relay_.Start();
        EXPECT_TRUE(SettlesWith(hash, "5000"));
    }
}

TEST_F(LightningPayingTest, AKillAtAnyMomentLosesNoPaymentAndCountsNoneTwice)
{
    std::int64_t paid = 0;
    for (int i = 0; i < 6; ++i) {
        const auto made = Made({{"amount_msat", 10'000 + i}}, &alice_);
        Pay(TextOf(made, "payment_hash"));
        relay_.Kill();  // Before, while or after it is credited.
        paid += 10'000 + i;
        relay_.Start();
    }
    EXPECT_TRUE(Becomes([&] { return BalanceOf(alice_) == std::to_string(paid); }));
    relay_.Terminate();
    relay_.Start();
    EXPECT_TRUE(Becomes([&] { return BalanceOf(alice_) == std::to_string(paid); }));
}

TEST_F(LightningPayingTest, AnInvoiceWhoseAnswerWasLostIsTheSameForWhoAsksAgain)
{
    lnd_.Command("fault", {{"fault", "lost"}, {"times", 1}});
    const auto first = Made({{"pubkey", alice_.pubkey()}});
    const auto again = Made({{"pubkey", alice_.pubkey()}});
    EXPECT_EQ(TextOf(first, "payment_hash"), TextOf(again, "payment_hash"));
    const auto hash = TextOf(first, "payment_hash");
    Pay(hash);
    EXPECT_TRUE(SettlesWith(hash, "5000"));
}

TEST_F(LightningPayingTest, ANodeThatIsDownDelaysPaymentsAndStopsNothingElse)
{
    const auto hash = TextOf(Made({{"pubkey", alice_.pubkey()}}), "payment_hash");
    Pay(hash);
    lnd_.Command("fault", {{"fault", "down"}, {"times", 0}});
    RelayClient client{relay_.port()};
    EXPECT_EQ(client.Publish(Sign(bob_, {.kind = 7})), "true");
    EXPECT_THAT(Publish(bob_), HasSubstr("payment required"));
    ASSERT_TRUE(Becomes([&] {
        return Fetch(relay_.port(), "/health").body.find(R"("payment_verifier":"down")") !=
               std::string::npos;
    }));
    const auto refused = Ask({{"pubkey", bob_.pubkey()}});
    EXPECT_EQ(refused.status, 503U);
    EXPECT_THAT(refused.body, HasSubstr("LIGHTNING_DOWN"));
    lnd_.Command("fault", {{"fault", "none"}});
    EXPECT_TRUE(SettlesWith(hash, "5000"));
}

TEST_F(LightningPayingTest, TheNodeMayRestart)
{
    const auto hash = TextOf(Made({{"pubkey", alice_.pubkey()}}), "payment_hash");
    Pay(hash);
    lnd_.Stop();
    EXPECT_EQ(Ask({{"pubkey", bob_.pubkey()}}).status, 503U);
    lnd_.Start();
    EXPECT_TRUE(SettlesWith(hash, "5000"));
}

TEST_F(LightningPayingTest, AnExpiredInvoiceIsToldAndLeavesNothing)
{
    const auto hash = TextOf(Made({{"pubkey", alice_.pubkey()}}), "payment_hash");
    lnd_.Command("advance_time", {{"seconds", 601}});
    EXPECT_TRUE(Becomes([&] { return StateOf(hash) == "expired"; }));
    EXPECT_EQ(BalanceOf(alice_), "0");
    EXPECT_EQ(Look(hash).status, 200U);
}

TEST_F(LightningPayingTest, AHeldPaymentIsNoMoneyUntilItIsSettled)
{
    const auto hash = TextOf(Made({{"pubkey", alice_.pubkey()}}), "payment_hash");
    lnd_.Command("pay", {{"payment_hash", hash}, {"hold", true}});
    EXPECT_EQ(StateOf(hash), "open");
    EXPECT_EQ(BalanceOf(alice_), "0");
    lnd_.Command("settle", {{"payment_hash", hash}});
    EXPECT_TRUE(SettlesWith(hash, "5000"));
}

}  // namespace
}  // namespace berth::relay::test
