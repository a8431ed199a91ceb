#include "marketplace/orders/quotes.hpp"

#include <gtest/gtest.h>

namespace berth::orders {
namespace {

using namespace std::chrono_literals;

constexpr auto kTerm = 15min;
constexpr std::int64_t kMinute = std::chrono::microseconds{1min}.count();
constexpr std::int64_t kNoon = 29'000'000 * kMinute;

v1::Quote PriceAt(std::int64_t now)
{
    v1::Quote price;
    price.set_plan("plans/small");
    price.set_setup_usd_micros(2'000'000);
    price.set_monthly_usd_micros(10'000'000);
    price.set_expires_at(now + std::chrono::microseconds{kTerm}.count());
    auto& due = *price.add_due();
    due.set_rail("xrp");
    due.set_asset("xrp");
    due.set_amount("24000000");
    due.set_price_snapshot("p1");
    return price;
}

TEST(QuotesTest, WhoAsksWithinAMinuteGetsTheSameQuote)
{
    const auto first = Shared(PriceAt(kNoon + 1), kTerm);
    const auto last = Shared(PriceAt(kNoon + kMinute), kTerm);
    EXPECT_EQ(first.SerializeAsString(), last.SerializeAsString());
    EXPECT_NE(Shared(PriceAt(kNoon + kMinute + 1), kTerm).name(), first.name());
}

TEST(QuotesTest, HoldsForItsTermAtLeastAndAFifteenthMoreAtMost)
{
    for (const std::int64_t past : {std::int64_t{0}, std::int64_t{1}, kMinute / 2, kMinute - 1}) {
        const auto holds = Shared(PriceAt(kNoon + past), kTerm).expires_at() - kNoon - past;
        EXPECT_GE(holds, 15 * kMinute);
        EXPECT_LT(holds, 16 * kMinute);
    }
}

TEST(QuotesTest, AnotherPriceIsAnotherQuote)
{
    const auto quote = Shared(PriceAt(kNoon), kTerm);
    const auto differs = [&](auto change) {
        auto price = PriceAt(kNoon);
        change(price);
        return Shared(price, kTerm).name() != quote.name();
    };
    EXPECT_TRUE(differs([](auto& price) { price.set_plan("plans/large"); }));
    EXPECT_TRUE(differs([](auto& price) { price.set_setup_usd_micros(1); }));
    EXPECT_TRUE(differs([](auto& price) { price.set_monthly_usd_micros(1); }));
    EXPECT_TRUE(differs([](auto& price) { price.mutable_due(0)->set_amount("24000001"); }));
    EXPECT_TRUE(differs([](auto& price) { price.mutable_due(0)->set_price_snapshot("p2"); }));
    EXPECT_FALSE(differs([](auto&) {}));
}

TEST(QuotesTest, AShortTermIsDividedToo)
{
    auto price = PriceAt(kNoon);
    price.set_expires_at(7);
    EXPECT_EQ(Shared(price, 3us).expires_at(), 7);
}

}  // namespace
}  // namespace berth::orders
