#include "marketplace/ledger/books.hpp"

#include <gmock/gmock.h>

#include "marketplace/ledger/calendar.hpp"
#include "marketplace/ledger/margin.hpp"
#include "marketplace/payments/channel_store.hpp"
#include "marketplace/payments/holds.hpp"
#include "tests/integration/payments/fresh_database.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

const std::string kCustomer(64, 'a');
const std::string kOperator(64, 'b');
const ledger::Owner kOwner{.customer_id = kCustomer, .order_id = "order", .operator_id = kOperator};
const ledger::Worth kHold{
    .asset = "xrp", .amount = 5'000'000, .usd_micros = 12'000'000, .snapshot_id = "s1"};
constexpr ledger::ServicePrice kPrice{
    .setup_usd_micros = 2'000'000, .monthly_usd_micros = 10'000'000, .marketplace_fee_bps = 1'000};
constexpr auto kNow = FromUnixSeconds(1'795'910'400);  // 2026-11-29 00:00 UTC.

const payments::ChannelKey kChannel{
    .customer_id = kCustomer, .rail = "xrp", .channel_id = std::string(64, 'C')};

class BooksTest : public ::testing::Test {
protected:
    void MakeChannel(std::int64_t credit)
    {
        database_.Do([&](pqxx::work& tx) {
            payments::InsertChannel(tx, {.key = kChannel,
                                         .network = "xrpl:0",
                                         .asset = "xrp",
                                         .public_key = "ED",
                                         .capacity = 10'000'000});
            auto channel = *payments::LockChannel(tx, kChannel);
            channel.accepted = channel.unapplied = credit;
            payments::SaveChannel(tx, channel);
            ledger::PostClaimCredit(
                tx, kOwner, "claim1",
                {.asset = "xrp", .amount = credit, .usd_micros = 1, .snapshot_id = "s1"}, kNow);
        });
    }

    void Activate()
    {
        MakeChannel(7'000'000);
        database_.Do([](pqxx::work& tx) {
            ASSERT_TRUE(payments::TakeHold(tx, kChannel, kOwner, kHold, kNow));
            ASSERT_TRUE(payments::EarnHold(tx, kOwner, kPrice, kNow));
        });
    }

    void MakeLease()
    {
        database_.Value(
            "INSERT INTO leases (customer_id, order_id, owner, dseq, gseq, oseq, provider, "
            "price_denom, price_e18, created_height, state, accrued_height) VALUES ('" +
            kCustomer + "', 'order', 'akash1', 7, 1, 1, 'akash2', 'uact', 0, 100, 'active', 100)");
    }

    std::string Balance(const std::string& account, const std::string& asset) const
    {
        return database_.Value("SELECT coalesce(sum(amount * ((debit = '" + account +
                               "')::int - (credit = '" + account +
                               "')::int)), 0) FROM entries WHERE asset = '" + asset + "'");
    }

    void ExpectRollupIsRecomputed()
    {
        database_.Do([](pqxx::work& tx) {
            const auto kept = ledger::ReadMargins(tx, {});
            EXPECT_EQ(kept, ledger::RecomputeMargins(tx, {}));
            EXPECT_FALSE(kept.empty());
        });
    }

    test::FreshDatabase database_;
};

TEST_F(BooksTest, ActivationTurnsTheHoldIntoDeferredRevenueAndEarnsTheSetup)
{
    Activate();
    EXPECT_EQ(Balance("unapplied_credit", "xrp"), "-2000000");
    EXPECT_EQ(Balance("held_credit", "xrp"), "0");
    EXPECT_EQ(Balance("receivable", "usd"), "12000000");
    EXPECT_EQ(Balance("deferred_revenue", "usd"), "-10000000");
    EXPECT_EQ(Balance("revenue", "usd"), "-2000000");
    EXPECT_EQ(Balance("operator_payable", "usd"), "-1800000");
    EXPECT_EQ(Balance("marketplace_fee", "usd"), "-200000");
    ExpectRollupIsRecomputed();
}

TEST_F(BooksTest, HostingIsPostedInTheMonthThatItWasDeliveredIn)
{
    Activate();
    const auto border = ledger::NextMonth(kNow);
    database_.Do([&](pqxx::work& tx) {
        EXPECT_EQ(ledger::Recognise(tx, kOwner, kPrice, border + 24h), 1'000'000);
        EXPECT_EQ(ledger::Recognise(tx, kOwner, kPrice, border + 24h), 0);
    });
    database_.Do([](pqxx::work& tx) {
        const auto months = ledger::ReadMargins(tx, {.customer_id = kCustomer});
        ASSERT_EQ(months.size(), 2U);
        EXPECT_EQ(months[0].month, "2026-11");
        EXPECT_EQ(months[0].revenue_usd_micros, 2'666'666);  // Setup and two days.
        EXPECT_EQ(months[1].revenue_usd_micros, 333'334);
        EXPECT_EQ(months[1].fee_usd_micros + months[1].payable_usd_micros, 333'334);
    });
    ExpectRollupIsRecomputed();
}

TEST_F(BooksTest, NothingIsEarnedBeyondWhatWasDeferred)
{
    Activate();
    database_.Do([](pqxx::work& tx) {
        EXPECT_EQ(ledger::Recognise(tx, kOwner, kPrice, kNow + 100 * 24h), 10'000'000);
    });
    EXPECT_EQ(Balance("deferred_revenue", "usd"), "0");
    ExpectRollupIsRecomputed();
}

TEST_F(BooksTest, AClosedOrderHasNothingDeferred)
{
    Activate();
    database_.Do([](pqxx::work& tx) {
        EXPECT_EQ(ledger::Recognise(tx, kOwner, kPrice, kNow + 3 * 24h), 1'000'000);
        EXPECT_EQ(ledger::ForfeitRest(tx, kOwner, kPrice, kNow + 4 * 24h), 9'000'000);
        EXPECT_EQ(ledger::ForfeitRest(tx, kOwner, kPrice, kNow + 4 * 24h), 0);
        EXPECT_EQ(ledger::Recognise(tx, kOwner, kPrice, kNow + 9 * 24h), 0);
    });
    EXPECT_EQ(Balance("deferred_revenue", "usd"), "0");
    EXPECT_EQ(Balance("revenue", "usd"), "-12000000");
    EXPECT_EQ(Balance("marketplace_fee", "usd"), "-1200000");
    ExpectRollupIsRecomputed();
}

TEST_F(BooksTest, ALeaseCostsWhatTheChainSettledInTheEnd)
{
    MakeLease();
    const ledger::LeaseCost cost{.asset = "uact",
                                 .rate_e18 = 1'500'000'000'000'000'000,
                                 .height = 201,
                                 .snapshot_id = "s2",
                                 .price_usd_e8 = 100'000'000};
    database_.Do([&](pqxx::work& tx) {
        EXPECT_EQ(ledger::AccrueLease(tx, kOwner, 7, cost, kNow), 151);
        EXPECT_EQ(ledger::AccrueLease(tx, kOwner, 7, cost, kNow), 0);
    });
    EXPECT_EQ(Balance("lease_cost", "uact"), "151");
    const ledger::LeaseSettlement settled{.asset = "uact",
                                          .amount = 100,
                                          .height = 201,
                                          .snapshot_id = "s2",
                                          .price_usd_e8 = 100'000'000};
    database_.Do([&](pqxx::work& tx) {
        EXPECT_EQ(ledger::TrueUpLease(tx, kOwner, 7, settled, kNow), -51);
        EXPECT_EQ(ledger::TrueUpLease(tx, kOwner, 7, settled, kNow), 0);
    });
    EXPECT_EQ(Balance("lease_cost", "uact"), "100");
    EXPECT_EQ(Balance("lease_escrow", "uact"), "-100");
    ExpectRollupIsRecomputed();
}

TEST_F(BooksTest, PostingTheSameThingTwicePostsItOnce)
{
    const ledger::Worth gas{.asset = "uakt", .amount = 900, .usd_micros = 450, .snapshot_id = "s3"};
    for (int i = 0; i < 2; ++i) {
        database_.Do([&](pqxx::work& tx) { ledger::PostGas(tx, kOwner, "TX", gas, kNow); });
    }
    EXPECT_EQ(Balance("network_fees", "uakt"), "900");
    database_.Do([](pqxx::work& tx) {
        EXPECT_EQ(ledger::ReadMargins(tx, {}).at(0).other_cost_usd_micros, 450);
    });
}

TEST_F(BooksTest, ARefundLeavesTheCreditAsItWasBeforeTheHold)
{
    MakeChannel(7'000'000);
    database_.Do(
        [](pqxx::work& tx) { ASSERT_TRUE(payments::TakeHold(tx, kChannel, kOwner, kHold, kNow)); });
    EXPECT_EQ(Balance("held_credit", "xrp"), "-5000000");
    database_.Do([](pqxx::work& tx) {
        const auto back = payments::ReleaseHold(tx, kOwner, kNow);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->amount, kHold.amount);
        EXPECT_FALSE(payments::ReleaseHold(tx, kOwner, kNow));
        EXPECT_EQ(payments::EarnHold(tx, kOwner, kPrice, kNow).error().reason, "NO_HOLD");
        const auto channel = payments::FindChannel(tx, kChannel);
        EXPECT_EQ(channel->unapplied, money::Amount{7'000'000});
        EXPECT_EQ(channel->held, money::Amount{});
    });
    EXPECT_EQ(Balance("unapplied_credit", "xrp"), "-7000000");
    EXPECT_EQ(Balance("held_credit", "xrp"), "0");
}

TEST_F(BooksTest, AHoldBeyondTheCreditIsRefusedAndTakesNothing)
{
    MakeChannel(4'999'999);
    database_.Do([](pqxx::work& tx) {
        EXPECT_EQ(payments::TakeHold(tx, kChannel, kOwner, kHold, kNow).error().reason,
                  "CREDIT_TOO_LOW");
        EXPECT_EQ(payments::FindChannel(tx, kChannel)->unapplied, money::Amount{4'999'999});
    });
}

TEST_F(BooksTest, EntriesCanBeNeitherChangedNorDeleted)
{
    MakeChannel(10);
    for (const auto* statement :
         {"UPDATE entries SET amount = 1", "DELETE FROM entries", "TRUNCATE entries",
          "DELETE FROM claims", "UPDATE claims SET credited = 9"}) {
        const auto refused = (*database_).Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
            tx.exec(statement);
            return true;
        });
        ASSERT_FALSE(refused) << statement;
        EXPECT_THAT(refused.error().message, ::testing::HasSubstr("permission denied"));
    }
}

}  // namespace
}  // namespace berth
