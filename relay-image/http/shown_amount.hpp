#pragma once

#include <string>
#include <string_view>

#include "core/money/amount.hpp"

namespace berth::relay {

/// The unit in which people count an asset: `XRP` of 1,000,000 drops, `sat` of 1,000 millisatoshis.
struct ShownUnit {
    std::string_view name;
    std::size_t decimals = 0;
};

/// `asset` is `xrp` or `btc`.
ShownUnit ShownUnitOf(std::string_view asset);

/// An amount in that unit, exactly: `1.5 XRP`.
std::string Shown(money::Amount amount, std::string_view asset);

/// The same as a number, for drawing only: it is rounded.
double Drawn(money::Amount amount, std::string_view asset);

}  // namespace berth::relay
