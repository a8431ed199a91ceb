#include "marketplace/proof/chain_check.hpp"

#include <algorithm>

#include "akash/lease_price.hpp"
#include "marketplace/orders/job_view.hpp"

namespace berth::proof {
namespace {

constexpr std::int64_t kE18 = 1'000'000'000'000'000'000;
constexpr std::int64_t kOneDollarE8 = 100'000'000;
constexpr std::int64_t kMeasuringPercent = 101;

Error NotSeen(std::string message)
{
    return Fail(ErrorCode::kNotFound, "LEASE_NOT_SEEN", std::move(message));
}

Error Mismatch(const std::string& what)
{
    return Fail(ErrorCode::kPrecondition, "LEASE_MISMATCH",
                "The chain and the worker's report differ in the " + what + ".");
}

Result<void> Compare(const LeaseReading& reading, const orders::OrderRow& order)
{
    const auto& told = order.facts.lease();
    if (told.owner() != order.wallet || told.dseq() != order.dseq) return Mismatch("deployment");
    const auto& denom = reading.lease.price.denom;
    if (denom != told.price_denom()) return Mismatch("denomination");
    const auto price = akash::ParseDec18(told.price_amount());
    if (!price || *price != reading.lease.price.amount_e18) return Mismatch("price");
    if (reading.deployment.hash_hex != order.facts.sdl_hash()) return Mismatch("manifest");
    return {};
}

}  // namespace

Result<LeaseReading> ReadLease(akash::ChainReader& chain, const orders::OrderRow& order,
                               Deadline deadline)
{
    const auto status = chain.Status(deadline);
    if (!status) return status.error();
    const akash::DeploymentId id{.owner = order.wallet, .dseq = order.dseq};
    auto deployment = chain.GetDeployment(id, deadline);
    if (!deployment) return deployment.error();
    if (!*deployment) return NotSeen("The chain does not show the deployment.");
    auto leases = chain.ListLeases(id, deadline);
    if (!leases) return leases.error();
    const auto& told = order.facts.lease();
    const auto found = std::ranges::find_if(*leases, [&](const akash::Lease& lease) {
        return lease.id.gseq == told.gseq() && lease.id.oseq == told.oseq() &&
               lease.id.provider == told.provider();
    });
    if (found == leases->end()) return NotSeen("The chain does not show the lease.");
    LeaseReading reading{
        .lease = std::move(*found), .deployment = std::move(**deployment), .status = *status};
    if (const auto same = Compare(reading, order); !same) return same.error();
    return reading;
}

money::Amount DepositOf(const LeaseReading& reading)
{
    auto e18 = reading.lease.withdrawn.amount_e18;
    for (const auto& fund : reading.deployment.escrow.funds) {
        if (fund.denom == reading.lease.price.denom) e18 += fund.amount_e18;
    }
    return money::MulDiv(e18, 1, kE18, money::Rounding::kHalfEven);
}

Result<money::Price> PriceForLease(const std::string& denom, const money::Price& newest)
{
    const bool is_act = denom == "uact";
    const bool is_known = newest.usd_e8 > money::Amount{0};
    if ((is_act || denom == "uakt") && is_known) return newest;
    if (is_act) return money::Price{.snapshot_id = {}, .usd_e8 = money::Amount{kOneDollarE8}};
    return Fail(ErrorCode::kPrecondition, "LEASE_UNPRICED",
                "The lease is paid in " + denom + ", which there is no price of.");
}

Result<void> CheckCeiling(const LeaseReading& reading, const orders::OrderRow& order,
                          const money::Price& price, const akash::BlockPace& pace)
{
    const auto block_time = pace.Measured();
    if (!block_time) {
        return Fail(ErrorCode::kNotFound, "NO_BLOCK_PACE", "Too few blocks have been seen yet.");
    }
    const auto monthly = akash::MonthlyUsdMicros(reading.lease.price, price.usd_e8, *block_time);
    const money::Amount ceiling{orders::CeilingOf(order.plan, order.monthly_usd_micros)};
    if (monthly <= money::MulDiv(ceiling, kMeasuringPercent, 100, money::Rounding::kFloor)) {
        return {};
    }
    return Fail(ErrorCode::kPrecondition, "LEASE_TOO_DEAR",
                "The lease costs " + monthly.ToString() +
                    " micro-dollars a month, its ceiling is " + ceiling.ToString() + ".");
}

}  // namespace berth::proof
