#include "akash/sandbox/chain/message_run.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"

namespace berth::sandbox {

namespace json = boost::json;

std::string MessageText(const json::value& value)
{
    const auto& text = value.as_string();
    return std::string{text.data(), text.size()};
}

std::uint64_t MessageNumber(const json::value& value)
{
    return value.is_string() ? std::stoull(MessageText(value)) : value.to_number<std::uint64_t>();
}

void MessageRun::Emit(const std::string& type, const json::value& id)
{
    events.push_back({type, {{"id", json::serialize(id)}}});
}

DeploymentState& MessageRun::Existing(const akash::DeploymentId& id)
{
    auto* deployment = state.Deployment(id);
    if (!deployment) throw Refusal{"deployment", 4, "Deployment not found"};
    return *deployment;
}

DeploymentState& MessageRun::Active(const akash::DeploymentId& id)
{
    auto& deployment = Existing(id);
    if (deployment.state != "active") throw Refusal{"deployment", 5, "Deployment closed"};
    return deployment;
}

DepositState MessageRun::ReadDeposit(const json::value& deposit, const std::string& owner)
{
    const auto amount = Amount::Parse(MessageText(deposit.at("amount").at("amount")));
    if (!amount) throw Refusal{"sdk", 10, "invalid coins"};
    return {.owner = owner,
            .height = height,
            .denom = MessageText(deposit.at("amount").at("denom")),
            .amount_e18 = money::MulDiv(*amount, OneE18(), Amount{1}, money::Rounding::kFloor)};
}

void MessageRun::OpenOrder(DeploymentState& deployment, std::uint32_t gseq)
{
    std::uint32_t last = 0;
    for (const auto& order : deployment.orders) {
        if (order.gseq == gseq) last = std::max(last, order.oseq);
    }
    deployment.orders.push_back(
        {.gseq = gseq, .oseq = last + 1, .state = "open", .created_at = height});
    Emit("akash.market.v1.EventOrderCreated",
         json::object{{"owner", deployment.id.owner},
                      {"dseq", std::to_string(deployment.id.dseq)},
                      {"gseq", gseq},
                      {"oseq", last + 1}});
}

void EndBid(ChainState& state, BidState& bid, const std::string& end_state)
{
    if (bid.escrow.state == "open") Refund(state, bid.escrow);
    bid.state = end_state;
}

void MessageRun::EndLease(LeaseState& lease, const std::string& reason)
{
    lease.state = "closed";
    lease.closed_on = height;
    lease.reason = reason;
    lease.payment_state = "closed";
    Withdraw(state, lease);
    lease.balance_e18 = Amount{};
}

void MessageRun::EndOrders(DeploymentState& deployment, std::uint32_t gseq,
                           const std::string& reason)
{
    for (auto& lease : deployment.leases) {
        if (lease.id.gseq == gseq && lease.state == "active") EndLease(lease, reason);
    }
    for (auto& bid : deployment.bids) {
        if (bid.id.gseq == gseq && (bid.state == "open" || bid.state == "active")) {
            EndBid(state, bid, "closed");
        }
    }
    for (auto& order : deployment.orders) {
        if (order.gseq == gseq) order.state = "closed";
    }
}

}  // namespace berth::sandbox
