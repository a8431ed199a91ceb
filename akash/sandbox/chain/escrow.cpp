#include "akash/sandbox/chain/escrow.hpp"

#include <algorithm>

namespace berth::sandbox {
namespace {

Amount Times(Amount amount, std::int64_t count)
{
    return money::MulDiv(amount, Amount{count}, Amount{1}, money::Rounding::kFloor);
}

Amount Floor(Amount amount_e18)
{
    return money::MulDiv(amount_e18, Amount{1}, OneE18(), money::Rounding::kFloor);
}

void Overdraw(DeploymentState& deployment, std::int64_t height)
{
    deployment.escrow.state = "overdrawn";
    deployment.escrow.deposits.clear();
    deployment.state = "closed";
    for (auto& group : deployment.groups) group.state = "insufficient_funds";
    for (auto& order : deployment.orders) order.state = "closed";
    for (auto& lease : deployment.leases) {
        if (lease.state != "active") continue;
        lease.state = "insufficient_funds";
        lease.closed_on = height;
        lease.reason = "lease_closed_reason_insufficient_funds";
        lease.payment_state = "overdrawn";
    }
}

}  // namespace

Amount OneE18() { return Amount{1'000'000'000'000'000'000}; }

bool Settle(DeploymentState& deployment, std::int64_t height)
{
    auto& escrow = deployment.escrow;
    const auto blocks = height - std::exchange(escrow.settled_at, height);
    bool covered = true;
    for (auto& lease : deployment.leases) {
        if (lease.payment_state != "open") continue;
        const auto due = Times(lease.price.amount_e18, blocks);
        auto& funds = escrow.funds_e18[lease.price.denom];
        const auto paid = std::min(due, std::max(funds, Amount{}));
        lease.balance_e18 += paid;
        lease.unsettled_e18 += due - paid;
        escrow.transferred_e18[lease.price.denom] += paid;
        funds -= due;
        covered = covered && paid == due;
    }
    if (!covered) Overdraw(deployment, height);
    return covered;
}

void DepositInto(ChainState& state, EscrowState& escrow, const DepositState& deposit)
{
    const auto amount = Floor(deposit.amount_e18);
    if (state.Balance(deposit.owner, deposit.denom) < amount) {
        throw Refusal{"undefined", 1, "deposit invalid: insufficient balance"};
    }
    state.Add(deposit.owner, deposit.denom, -amount);
    escrow.funds_e18[deposit.denom] += deposit.amount_e18;
    escrow.transferred_e18.try_emplace(deposit.denom);
    escrow.deposits.push_back(deposit);
}

void Withdraw(ChainState& state, LeaseState& lease)
{
    const auto whole = Floor(lease.balance_e18);
    if (whole == Amount{}) return;
    state.Add(lease.id.provider, lease.price.denom, whole);
    lease.withdrawn += whole;
    lease.balance_e18 -= money::MulDiv(whole, OneE18(), Amount{1}, money::Rounding::kFloor);
}

void Refund(ChainState& state, EscrowState& escrow)
{
    for (auto& [denom, funds] : escrow.funds_e18) {
        // The last deposit pays first, so that the first one of the owner comes back last.
        for (auto& deposit : escrow.deposits) {
            if (deposit.denom != denom || funds <= Amount{}) continue;
            const auto back = std::min(deposit.amount_e18, funds);
            state.Add(deposit.owner, denom,
                      money::MulDiv(back + OneE18() - Amount{1}, Amount{1}, OneE18(),
                                    money::Rounding::kFloor));
            funds -= back;
        }
        funds = std::min(funds, Amount{});
    }
    for (auto& [denom, sum] : escrow.transferred_e18) {
        sum = money::MulDiv(Floor(sum), OneE18(), Amount{1}, money::Rounding::kFloor);
    }
    escrow.deposits.clear();
    escrow.state = "closed";
}

}  // namespace berth::sandbox
