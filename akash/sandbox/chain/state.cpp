#include "akash/sandbox/chain/state.hpp"

#include <algorithm>

namespace berth::sandbox {
namespace {

template <typename Range, typename Matches>
auto* Find(Range& range, Matches matches)
{
    const auto found = std::find_if(range.begin(), range.end(), matches);
    return found == range.end() ? nullptr : &*found;
}

}  // namespace

GroupState* DeploymentState::Group(std::uint32_t gseq)
{
    return Find(groups, [&](const GroupState& group) { return group.gseq == gseq; });
}

OrderState* DeploymentState::Order(std::uint32_t gseq, std::uint32_t oseq)
{
    return Find(orders,
                [&](const OrderState& one) { return one.gseq == gseq && one.oseq == oseq; });
}

BidState* DeploymentState::Bid(const akash::LeaseId& bid)
{
    return Find(bids, [&](const BidState& one) { return one.id == bid; });
}

LeaseState* DeploymentState::Lease(const akash::LeaseId& lease)
{
    return Find(leases, [&](const LeaseState& one) { return one.id == lease; });
}

AccountState& ChainState::Account(const std::string& address)
{
    const auto number = accounts.size() + 1;  // A real chain's first accounts are its own.
    const auto [entry, is_new] = accounts.try_emplace(address);
    if (is_new) entry->second.number = number;
    return entry->second;
}

DeploymentState* ChainState::Deployment(const akash::DeploymentId& id)
{
    const auto found = deployments.find({id.owner, id.dseq});
    return found == deployments.end() ? nullptr : &found->second;
}

Amount ChainState::Balance(const std::string& address, const std::string& denom) const
{
    const auto account = accounts.find(address);
    if (account == accounts.end()) return {};
    const auto balance = account->second.balances.find(denom);
    return balance == account->second.balances.end() ? Amount{} : balance->second;
}

void ChainState::Add(const std::string& address, const std::string& denom, Amount amount)
{
    Account(address).balances[denom] += amount;
}

}  // namespace berth::sandbox
