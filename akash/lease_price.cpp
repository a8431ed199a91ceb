#include "akash/lease_price.hpp"

namespace berth::akash {
namespace {

using money::Amount;

constexpr money::Int128 kE8 = 100'000'000;
constexpr money::Int128 kE18 = 1'000'000'000'000'000'000;
constexpr money::Int128 kMonthMillis = money::Int128{2'592'000} * 1000;

}  // namespace

Amount MonthlyUsdMicros(const DecCoin& price, Amount whole_price_e8,
                        std::chrono::milliseconds block_time)
{
    return MulDiv(price.amount_e18, Amount::FromRaw(kMonthMillis * whole_price_e8.raw()),
                  Amount::FromRaw(kE18 * kE8 * block_time.count()), money::Rounding::kCeil);
}

}  // namespace berth::akash
