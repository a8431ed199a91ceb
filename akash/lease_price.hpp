#pragma once

#include <chrono>

#include "akash/chain.hpp"

namespace berth::akash {

/// A price per block in micro-dollars per 2,592,000 s, rounded up, where a million units of its
/// denomination (one ACT, one AKT) cost `whole_price_e8` 10^-8 dollars. Pure.
money::Amount MonthlyUsdMicros(const DecCoin& price, money::Amount whole_price_e8,
                               std::chrono::milliseconds block_time);

}  // namespace berth::akash
