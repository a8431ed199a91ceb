#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/message_run.hpp"
#include "akash/sandbox/chain/messages.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDepositMin = 500'000;

GroupState& ExistingGroup(DeploymentState& deployment, const json::value& id)
{
    auto* group = deployment.Group(static_cast<std::uint32_t>(MessageNumber(id.at("gseq"))));
    if (!group) throw Refusal{"deployment", 11, "Group not found"};
    return *group;
}

}  // namespace

void CreateDeployment(MessageRun& run)
{
    const auto id = ReadDeploymentId(run.message.at("id"));
    if (run.state.Deployment(id)) throw Refusal{"deployment", 3, "Deployment exists"};
    const auto deposit = run.ReadDeposit(run.message.at("deposit"), id.owner);
    for (const auto& group : run.message.at("groups").as_array()) {
        for (const auto& unit : group.at("resources").as_array()) {
            const auto denom = MessageText(unit.at("price").at("denom"));
            if (denom != deposit.denom) throw Refusal{"deployment", 20, "Deposit invalid"};
        }
    }
    if (deposit.denom == "uakt") throw Refusal{"deployment", 20, "Deposit invalid"};
    if (deposit.denom != "uact") {
        throw Refusal{"undefined", 1,
                      "Deposit invalid: Invalid deposit denomination " + deposit.denom};
    }
    const auto whole = MessageText(run.message.at("deposit").at("amount").at("amount"));
    if (deposit.amount_e18 <
        money::MulDiv(Amount{kDepositMin}, OneE18(), Amount{1}, money::Rounding::kFloor)) {
        throw Refusal{"deployment", 20,
                      "Deposit too low - " + whole + " < 500000uact: Deposit invalid"};
    }
    DeploymentState deployment;
    deployment.id = id;
    deployment.hash = FromBase64(MessageText(run.message.at("hash"))).value_or("");
    deployment.created_at = run.height;
    deployment.escrow.owner = id.owner;
    deployment.escrow.settled_at = run.height;
    run.events.push_back({"akash.deployment.v1.EventDeploymentCreated",
                          {{"hash", json::serialize(run.message.at("hash"))},
                           {"id", json::serialize(run.message.at("id"))}}});
    for (const auto& group : run.message.at("groups").as_array()) {
        const auto gseq = static_cast<std::uint32_t>(deployment.groups.size() + 1);
        deployment.groups.push_back(
            {.gseq = gseq, .state = "open", .spec = group, .created_at = run.height});
        run.OpenOrder(deployment, gseq);
    }
    DepositInto(run.state, deployment.escrow, deposit);
    run.state.deployments.emplace(std::pair{id.owner, id.dseq}, std::move(deployment));
}

void UpdateDeployment(MessageRun& run)
{
    auto& deployment = run.Active(ReadDeploymentId(run.message.at("id")));
    const auto hash = FromBase64(MessageText(run.message.at("hash"))).value_or("");
    if (hash == deployment.hash) throw Refusal{"deployment", 10, "Invalid: deployment hash"};
    deployment.hash = hash;
    run.Emit("akash.deployment.v1.EventDeploymentUpdated", run.message.at("id"));
}

void CloseDeployment(MessageRun& run)
{
    auto& deployment = run.Active(ReadDeploymentId(run.message.at("id")));
    const bool covered = Settle(deployment, run.height);
    for (auto& group : deployment.groups) {
        run.EndOrders(deployment, group.gseq, "lease_closed_owner");
        if (covered) group.state = "closed";
    }
    deployment.state = "closed";
    if (covered) Refund(run.state, deployment.escrow);
    run.Emit("akash.deployment.v1.EventDeploymentClosed", run.message.at("id"));
}

void CloseGroup(MessageRun& run)
{
    auto& deployment = run.Existing(ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state == "closed") throw Refusal{"deployment", 15, "Group already closed"};
    Settle(deployment, run.height);
    run.EndOrders(deployment, group.gseq, "lease_closed_owner");
    group.state = "closed";
    const auto is_open = [](const GroupState& one) { return one.state != "closed"; };
    if (std::none_of(deployment.groups.begin(), deployment.groups.end(), is_open)) {
        deployment.state = "closed";
        Refund(run.state, deployment.escrow);
    }
    run.Emit("akash.deployment.v1.EventGroupClosed", run.message.at("id"));
}

void PauseGroup(MessageRun& run)
{
    auto& deployment = run.Active(ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state != "open") throw Refusal{"deployment", 15, "Group already " + group.state};
    Settle(deployment, run.height);
    run.EndOrders(deployment, group.gseq, "lease_closed_owner");
    group.state = "paused";
    run.Emit("akash.deployment.v1.EventGroupPaused", run.message.at("id"));
}

void StartGroup(MessageRun& run)
{
    auto& deployment = run.Active(ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state == "open") throw Refusal{"deployment", 16, "Group open"};
    if (group.state != "paused") throw Refusal{"deployment", 15, "Group already closed"};
    group.state = "open";
    run.OpenOrder(deployment, group.gseq);
    run.Emit("akash.deployment.v1.EventGroupStarted", run.message.at("id"));
}

}  // namespace berth::sandbox
