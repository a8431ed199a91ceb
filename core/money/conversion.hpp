#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/money/amount.hpp"

namespace berth::money {

/// What is counted: the unit's code as stored in the books, and its decimals below one whole coin.
struct Asset {
    std::string_view code;  ///< `xrp` (drops), `uakt`, `uact`, `usd` (micro-dollars), ...
    int decimals = 0;
};

/// The asset of a code: xrp, sat, msat, wei, usdc, uakt, uact, usd; or of the everyday name of one
/// of them (drop, btc, eth, akt, act), which is never stored. Errors: kInvalid `UNKNOWN_ASSET`.
Result<Asset> FindAsset(std::string_view code);

/// A price in dollars with 8 decimals, from one row of price_snapshots.
struct Price {
    std::string snapshot_id;  ///< Hex; empty for the dollar itself.
    Amount usd_e8;
};

/// Amount of `asset` in micro-dollars: amount × price × 10^6 / 10^(decimals + 8).
Amount ToUsdMicros(Amount amount, const Asset& asset, const Price& price, Rounding rounding);
/// Micro-dollars in units of `asset`. `price` > 0.
Amount FromUsdMicros(Amount usd_micros, const Asset& asset, const Price& price, Rounding rounding);

}  // namespace berth::money
