#include "marketplace/ledger/accrual.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace berth::ledger {
namespace {

constexpr money::Amount kE18{1'000'000'000'000'000'000};

using money::MulDiv;
using money::Rounding;

std::int64_t UsdMicros(money::Amount worth_e8, const money::Asset& asset)
{
    const money::Price one{.snapshot_id = "", .usd_e8 = 1};
    const auto micros = money::ToUsdMicros(worth_e8, asset, one, Rounding::kHalfEven).ToInt64();
    BERTH_ASSERT(micros);
    return *micros;
}

/// Moves what is posted to `posted`, which is worth `worth_e8`, and says by how much.
LeaseChange MoveTo(LeaseAccount& lease, money::Amount posted, money::Amount worth_e8,
                   const money::Asset& asset)
{
    const auto micros = UsdMicros(worth_e8, asset);
    const LeaseChange change{.amount = posted - lease.posted,
                             .usd_micros = micros - lease.posted_usd_micros};
    lease.posted = posted;
    lease.worth_e8 = worth_e8;
    lease.posted_usd_micros = micros;
    return change;
}

money::Amount Times(money::Amount a, money::Amount b) { return MulDiv(a, b, 1, Rounding::kFloor); }

}  // namespace

LeaseChange Accrue(LeaseAccount& lease, std::int64_t height, money::Amount rate_e18,
                   const money::Asset& asset, const money::Price& price)
{
    if (height <= lease.height) return {};
    lease.accrued_e18 += Times(height - lease.height, rate_e18);
    lease.height = height;
    const auto whole = MulDiv(lease.accrued_e18, 1, kE18, Rounding::kFloor);
    if (whole <= lease.posted) return {};
    const auto worth = lease.worth_e8 + Times(whole - lease.posted, price.usd_e8);
    return MoveTo(lease, whole, worth, asset);
}

LeaseChange TrueUp(LeaseAccount& lease, std::int64_t height, money::Amount settled,
                   const money::Asset& asset, const money::Price& price)
{
    const auto worth = settled >= lease.posted
                           ? lease.worth_e8 + Times(settled - lease.posted, price.usd_e8)
                           : MulDiv(lease.worth_e8, settled, lease.posted, Rounding::kHalfEven);
    lease.height = std::max(lease.height, height);
    lease.accrued_e18 = Times(settled, kE18);
    return MoveTo(lease, settled, worth, asset);
}

}  // namespace berth::ledger
