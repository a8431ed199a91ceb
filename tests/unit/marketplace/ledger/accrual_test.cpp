#include "marketplace/ledger/accrual.hpp"

#include <gmock/gmock.h>

namespace berth::ledger {
namespace {

constexpr money::Asset kUact{.code = "uact", .decimals = 6};
const money::Amount kThirdE18{333'333'333'333'333'333};

money::Price Dollars(std::int64_t usd_e8) { return {.snapshot_id = "s", .usd_e8 = usd_e8}; }

TEST(AccrueTest, PostsWholeUnitsAndKeepsTheRest)
{
    LeaseAccount lease{.height = 100};
    EXPECT_EQ(Accrue(lease, 102, kThirdE18, kUact, Dollars(100'000'000)).amount, money::Amount{});
    EXPECT_EQ(lease.accrued_e18, money::Amount{666'666'666'666'666'666});
    EXPECT_EQ(Accrue(lease, 104, kThirdE18, kUact, Dollars(100'000'000)).amount, money::Amount{1});
    EXPECT_EQ(lease.posted, money::Amount{1});
}

TEST(AccrueTest, RoundingOfDollarsNeverDrifts)
{
    LeaseAccount stepped{.height = 0};
    std::int64_t micros = 0;
    for (int height = 1; height <= 1000; ++height) {
        micros += Accrue(stepped, height, kThirdE18, kUact, Dollars(149'000'000)).usd_micros;
    }
    LeaseAccount at_once{.height = 0};
    EXPECT_EQ(Accrue(at_once, 1000, kThirdE18, kUact, Dollars(149'000'000)).usd_micros, micros);
    EXPECT_EQ(stepped, at_once);
    EXPECT_EQ(micros, 496);  // 333 units at $1.49 a million: 496.17.
}

TEST(AccrueTest, ANewPriceDoesNotRevalueWhatWasPosted)
{
    LeaseAccount lease{.height = 0};
    const money::Amount one_a_block{1'000'000'000'000'000'000};
    EXPECT_EQ(Accrue(lease, 100, one_a_block, kUact, Dollars(100'000'000)).usd_micros, 100);
    EXPECT_EQ(Accrue(lease, 200, one_a_block, kUact, Dollars(300'000'000)).usd_micros, 300);
}

TEST(AccrueTest, AHeightThatIsNotAheadChangesNothing)
{
    LeaseAccount lease{.height = 100, .accrued_e18 = 5};
    const auto before = lease;
    EXPECT_EQ(Accrue(lease, 100, kThirdE18, kUact, Dollars(1)).amount, money::Amount{});
    EXPECT_EQ(Accrue(lease, 99, kThirdE18, kUact, Dollars(1)).amount, money::Amount{});
    EXPECT_EQ(lease, before);
}

TEST(TrueUpTest, GivesBackWhatTheFundsCouldNotPayAtItsOwnPrice)
{
    LeaseAccount lease{.height = 0};
    Accrue(lease, 100, money::Amount{1'000'000'000'000'000'000}, kUact, Dollars(200'000'000));
    const auto change = TrueUp(lease, 100, 60, kUact, Dollars(900'000'000));
    EXPECT_EQ(change.amount, money::Amount{-40});
    EXPECT_EQ(change.usd_micros, -80);
    EXPECT_EQ(lease.posted, money::Amount{60});
}

TEST(TrueUpTest, AddsWhatTheChainTookBeyondOurAccrual)
{
    LeaseAccount lease{.height = 0};
    const auto change = TrueUp(lease, 10, 7, kUact, Dollars(100'000'000));
    EXPECT_EQ(change.amount, money::Amount{7});
    EXPECT_EQ(change.usd_micros, 7);
    EXPECT_EQ(lease.height, 10);
    EXPECT_EQ(TrueUp(lease, 10, 7, kUact, Dollars(100'000'000)).amount, money::Amount{});
}

TEST(TrueUpTest, ASettlementOfNothingBeforeAnyAccrualIsNothing)
{
    LeaseAccount lease{.height = 5};
    EXPECT_EQ(TrueUp(lease, 5, 0, kUact, Dollars(1)).amount, money::Amount{});
}

}  // namespace
}  // namespace berth::ledger
