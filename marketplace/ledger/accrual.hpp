#pragma once

#include <cstdint>

#include "core/money/amount.hpp"
#include "core/money/conversion.hpp"

namespace berth::ledger {

/// What a lease has cost so far, as our books know it.
struct LeaseAccount {
    std::int64_t height = 0;      ///< Accrued up to this block.
    money::Amount accrued_e18{};  ///< In 10^-18 of the coin's smallest unit.
    money::Amount posted{};       ///< Whole units that are in the books.
    money::Amount worth_e8{};     ///< Sum of posted units × price in dollars with 8 decimals.
    std::int64_t posted_usd_micros = 0;

    bool operator==(const LeaseAccount&) const = default;
};

/// What an accrual adds to the books; a true-up may take away.
struct LeaseChange {
    money::Amount amount;
    std::int64_t usd_micros = 0;
};

/// Accrues up to `height` at a rate per block; whole units are posted at `price`, the rest waits.
/// Micro-dollars are the half-even of all that was posted so far less what was posted before.
/// A height that is not ahead changes nothing. Pure.
LeaseChange Accrue(LeaseAccount& lease, std::int64_t height, money::Amount rate_e18,
                   const money::Asset& asset, const money::Price& price);

/// Makes the account what the chain settled at `height`. More costs more at `price`; less gives
/// back at the price it was booked at. Pure.
LeaseChange TrueUp(LeaseAccount& lease, std::int64_t height, money::Amount settled,
                   const money::Asset& asset, const money::Price& price);

}  // namespace berth::ledger
