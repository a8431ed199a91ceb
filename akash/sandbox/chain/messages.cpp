#include "akash/sandbox/chain/messages.hpp"

#include <algorithm>
#include <functional>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDepositMin = 500'000;

struct Run {
    ChainState& state;
    const json::value& message;
    std::int64_t height;
    std::vector<Event>& events;
};

std::string Text(const json::value& value)
{
    const auto& text = value.as_string();
    return std::string{text.data(), text.size()};
}

std::uint64_t Number(const json::value& value)
{
    return value.is_string() ? std::stoull(Text(value)) : value.to_number<std::uint64_t>();
}

void Emit(Run& run, const std::string& type, const json::value& id)
{
    run.events.push_back({type, {{"id", json::serialize(id)}}});
}

DeploymentState& Existing(Run& run, const akash::DeploymentId& id)
{
    auto* deployment = run.state.Deployment(id);
    if (!deployment) throw Refusal{"deployment", 4, "Deployment not found"};
    return *deployment;
}

DeploymentState& Active(Run& run, const akash::DeploymentId& id)
{
    auto& deployment = Existing(run, id);
    if (deployment.state != "active") throw Refusal{"deployment", 5, "Deployment closed"};
    return deployment;
}

GroupState& ExistingGroup(DeploymentState& deployment, const json::value& id)
{
    auto* group = deployment.Group(static_cast<std::uint32_t>(Number(id.at("gseq"))));
    if (!group) throw Refusal{"deployment", 11, "Group not found"};
    return *group;
}

DepositState ReadDeposit(Run& run, const json::value& deposit, const std::string& owner)
{
    const auto amount = Amount::Parse(Text(deposit.at("amount").at("amount")));
    if (!amount) throw Refusal{"sdk", 10, "invalid coins"};
    return {.owner = owner,
            .height = run.height,
            .denom = Text(deposit.at("amount").at("denom")),
            .amount_e18 = money::MulDiv(*amount, OneE18(), Amount{1}, money::Rounding::kFloor)};
}

void OpenOrder(Run& run, DeploymentState& deployment, std::uint32_t gseq)
{
    std::uint32_t last = 0;
    for (const auto& order : deployment.orders) {
        if (order.gseq == gseq) last = std::max(last, order.oseq);
    }
    deployment.orders.push_back(
        {.gseq = gseq, .oseq = last + 1, .state = "open", .created_at = run.height});
    Emit(run, "akash.market.v1.EventOrderCreated",
         json::object{{"owner", deployment.id.owner},
                      {"dseq", std::to_string(deployment.id.dseq)},
                      {"gseq", gseq},
                      {"oseq", last + 1}});
}

/// Gives the deposits of a bid back and closes it.
void EndBid(ChainState& state, BidState& bid, const std::string& end_state)
{
    if (bid.escrow.state == "open") Refund(state, bid.escrow);
    bid.state = end_state;
}

void EndLease(Run& run, LeaseState& lease, const std::string& reason)
{
    lease.state = "closed";
    lease.closed_on = run.height;
    lease.reason = reason;
    lease.payment_state = "closed";
    Withdraw(run.state, lease);
    lease.balance_e18 = Amount{};
}

/// Closes what runs on a group's order: bids, lease, the order itself.
void EndOrders(Run& run, DeploymentState& deployment, std::uint32_t gseq, const std::string& reason)
{
    for (auto& lease : deployment.leases) {
        if (lease.id.gseq == gseq && lease.state == "active") EndLease(run, lease, reason);
    }
    for (auto& bid : deployment.bids) {
        if (bid.id.gseq == gseq && (bid.state == "open" || bid.state == "active")) {
            EndBid(run.state, bid, "closed");
        }
    }
    for (auto& order : deployment.orders) {
        if (order.gseq == gseq) order.state = "closed";
    }
}

void CreateDeployment(Run& run)
{
    const auto id = ReadDeploymentId(run.message.at("id"));
    if (run.state.Deployment(id)) throw Refusal{"deployment", 3, "Deployment exists"};
    const auto deposit = ReadDeposit(run, run.message.at("deposit"), id.owner);
    for (const auto& group : run.message.at("groups").as_array()) {
        for (const auto& unit : group.at("resources").as_array()) {
            const auto denom = Text(unit.at("price").at("denom"));
            if (denom != deposit.denom) throw Refusal{"deployment", 20, "Deposit invalid"};
        }
    }
    if (deposit.denom == "uakt") throw Refusal{"deployment", 20, "Deposit invalid"};
    if (deposit.denom != "uact") {
        throw Refusal{"undefined", 1,
                      "Deposit invalid: Invalid deposit denomination " + deposit.denom};
    }
    const auto whole = Text(run.message.at("deposit").at("amount").at("amount"));
    if (deposit.amount_e18 < money::MulDiv(Amount{kDepositMin}, OneE18(), Amount{1},
                                           money::Rounding::kFloor)) {
        throw Refusal{"deployment", 20,
                      "Deposit too low - " + whole + " < 500000uact: Deposit invalid"};
    }
    DeploymentState deployment;
    deployment.id = id;
    deployment.hash = FromBase64(Text(run.message.at("hash"))).value_or("");
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
        OpenOrder(run, deployment, gseq);
    }
    DepositInto(run.state, deployment.escrow, deposit);
    run.state.deployments.emplace(std::pair{id.owner, id.dseq}, std::move(deployment));
}

void UpdateDeployment(Run& run)
{
    auto& deployment = Active(run, ReadDeploymentId(run.message.at("id")));
    const auto hash = FromBase64(Text(run.message.at("hash"))).value_or("");
    if (hash == deployment.hash) throw Refusal{"deployment", 10, "Invalid: deployment hash"};
    deployment.hash = hash;
    Emit(run, "akash.deployment.v1.EventDeploymentUpdated", run.message.at("id"));
}

void CloseDeployment(Run& run)
{
    auto& deployment = Active(run, ReadDeploymentId(run.message.at("id")));
    const bool covered = Settle(deployment, run.height);
    for (auto& group : deployment.groups) {
        EndOrders(run, deployment, group.gseq, "lease_closed_owner");
        if (covered) group.state = "closed";
    }
    deployment.state = "closed";
    if (covered) Refund(run.state, deployment.escrow);
    Emit(run, "akash.deployment.v1.EventDeploymentClosed", run.message.at("id"));
}

void CloseGroup(Run& run)
{
    auto& deployment = Existing(run, ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state == "closed") throw Refusal{"deployment", 15, "Group already closed"};
    Settle(deployment, run.height);
    EndOrders(run, deployment, group.gseq, "lease_closed_owner");
    group.state = "closed";
    const auto is_open = [](const GroupState& one) { return one.state != "closed"; };
    if (std::none_of(deployment.groups.begin(), deployment.groups.end(), is_open)) {
        deployment.state = "closed";
        Refund(run.state, deployment.escrow);
    }
    Emit(run, "akash.deployment.v1.EventGroupClosed", run.message.at("id"));
}

void PauseGroup(Run& run)
{
    auto& deployment = Active(run, ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state != "open") throw Refusal{"deployment", 15, "Group already " + group.state};
    Settle(deployment, run.height);
    EndOrders(run, deployment, group.gseq, "lease_closed_owner");
    group.state = "paused";
    Emit(run, "akash.deployment.v1.EventGroupPaused", run.message.at("id"));
}

void StartGroup(Run& run)
{
    auto& deployment = Active(run, ReadDeploymentId(run.message.at("id")));
    auto& group = ExistingGroup(deployment, run.message.at("id"));
    if (group.state == "open") throw Refusal{"deployment", 16, "Group open"};
    if (group.state != "paused") throw Refusal{"deployment", 15, "Group already closed"};
    group.state = "open";
    OpenOrder(run, deployment, group.gseq);
    Emit(run, "akash.deployment.v1.EventGroupStarted", run.message.at("id"));
}

void CreateLease(Run& run)
{
    const auto id = ReadLeaseId(run.message.at("bid_id"));
    auto* deployment = run.state.Deployment({id.owner, id.dseq});
    auto* bid = deployment ? deployment->Bid(id) : nullptr;
    if (!bid) throw Refusal{"market", 18, "invalid bid: bid not found"};
    if (bid->state != "open") throw Refusal{"market", 12, "bid not open"};
    Settle(*deployment, run.height);
    deployment->leases.push_back({.id = id,
                                  .state = "active",
                                  .price = bid->price,
                                  .created_at = run.height,
                                  .balance_e18 = {},
                                  .unsettled_e18 = {},
                                  .withdrawn = {}});
    bid->state = "active";
    deployment->Order(id.gseq, id.oseq)->state = "active";
    for (auto& other : deployment->bids) {
        if (&other != bid && other.id.gseq == id.gseq && other.id.oseq == id.oseq &&
            other.state == "open") {
            EndBid(run.state, other, "lost");
        }
    }
    run.events.push_back(
        {"akash.market.v1.EventLeaseCreated",
         {{"id", json::serialize(run.message.at("bid_id"))},
          {"price", json::serialize(json::object{
                        {"denom", bid->price.denom},
                        {"amount", akash::FormatDec18(bid->price.amount_e18)}})}}});
}

void CloseLease(Run& run)
{
    const auto id = ReadLeaseId(run.message.at("id"));
    auto* deployment = run.state.Deployment({id.owner, id.dseq});
    auto* lease = deployment ? deployment->Lease(id) : nullptr;
    if (!lease) throw Refusal{"market", 17, "invalid lease: lease not found"};
    auto* order = deployment->Order(id.gseq, id.oseq);
    if (order->state != "active") throw Refusal{"market", 24, "order closed"};
    const bool covered = Settle(*deployment, run.height);
    EndLease(run, *lease, "lease_closed_owner");
    EndBid(run.state, *deployment->Bid(id), "closed");
    order->state = "closed";
    run.events.push_back({"akash.market.v1.EventLeaseClosed",
                          {{"id", json::serialize(run.message.at("id"))},
                           {"reason", "\"lease_closed_owner\""}}});
    if (covered) OpenOrder(run, *deployment, id.gseq);
}

void Deposit(Run& run)
{
    const auto xid = Text(run.message.at("id").at("xid"));
    const auto slash = xid.rfind('/');
    auto* deployment = run.state.Deployment(
        {.owner = xid.substr(0, slash), .dseq = std::strtoull(xid.c_str() + slash + 1, nullptr, 10)});
    if (!deployment) throw Refusal{"escrow", 3, "account not found"};
    auto& escrow = deployment->escrow;
    if (escrow.state == "closed") throw Refusal{"escrow", 2, "account closed"};
    const auto deposit =
        ReadDeposit(run, run.message.at("deposit"), Text(run.message.at("signer")));
    DepositInto(run.state, escrow, deposit);
    if (escrow.state == "overdrawn") {  // Pays the debt and returns the rest; nothing is revived.
        for (auto& lease : deployment->leases) {
            auto& funds = escrow.funds_e18[deposit.denom];
            const auto paid = std::min(lease.unsettled_e18, funds + lease.unsettled_e18);
            lease.balance_e18 += paid;
            lease.unsettled_e18 -= paid;
            lease.payment_state = "closed";
            Withdraw(run.state, lease);
        }
        Refund(run.state, escrow);
    }
}

void Send(Run& run)
{
    const auto from = Text(run.message.at("from_address"));
    for (const auto& coin : run.message.at("amount").as_array()) {
        const auto denom = Text(coin.at("denom"));
        const auto amount = Amount::Parse(Text(coin.at("amount")));
        if (!amount) throw Refusal{"sdk", 10, "invalid coins"};
        if (denom == "uact") {
            throw Refusal{"bank", 5,
                          "uact transfers are currently disabled: send transactions are disabled"};
        }
        const auto balance = run.state.Balance(from, denom);
        if (balance < *amount) {
            throw Refusal{"sdk", 5,
                          "spendable balance " + balance.ToString() + denom + " is smaller than " +
                              amount->ToString() + denom + ": insufficient funds"};
        }
        run.state.Add(from, denom, -*amount);
        run.state.Add(Text(run.message.at("to_address")), denom, *amount);
    }
}

struct Kind {
    std::string_view type;
    void (*run)(Run&);
    std::uint64_t gas;
};

// Gas as measured on the real chain for one message of a batch.
constexpr Kind kKinds[] = {
    {"/akash.deployment.v1beta4.MsgCreateDeployment", CreateDeployment, 95'000},
    {"/akash.deployment.v1beta4.MsgUpdateDeployment", UpdateDeployment, 18'000},
    {"/akash.deployment.v1beta4.MsgCloseDeployment", CloseDeployment, 99'000},
    {"/akash.deployment.v1beta4.MsgCloseGroup", CloseGroup, 127'000},
    {"/akash.deployment.v1beta4.MsgPauseGroup", PauseGroup, 213'000},
    {"/akash.deployment.v1beta4.MsgStartGroup", StartGroup, 55'000},
    {"/akash.market.v1beta5.MsgCreateLease", CreateLease, 121'000},
    {"/akash.market.v1beta5.MsgCloseLease", CloseLease, 199'000},
    {"/akash.escrow.v1.MsgAccountDeposit", Deposit, 38'000},
    {"/cosmos.bank.v1beta1.MsgSend", Send, 35'000},
};

const Kind& KindOf(const json::value& message)
{
    const auto type = Text(message.at("@type"));
    for (const auto& kind : kKinds) {
        if (kind.type == type) return kind;
    }
    throw Refusal{"sdk", 6, "unknown message " + type};
}

}  // namespace

akash::DeploymentId ReadDeploymentId(const json::value& id)
{
    return {.owner = Text(id.at("owner")), .dseq = Number(id.at("dseq"))};
}

akash::LeaseId ReadLeaseId(const json::value& id)
{
    return {.owner = Text(id.at("owner")),
            .dseq = Number(id.at("dseq")),
            .gseq = static_cast<std::uint32_t>(Number(id.at("gseq"))),
            .oseq = static_cast<std::uint32_t>(Number(id.at("oseq"))),
            .provider = Text(id.at("provider"))};
}

void RunMessage(ChainState& state, const json::value& message, std::int64_t height,
                std::vector<Event>& events)
{
    Run run{.state = state, .message = message, .height = height, .events = events};
    KindOf(message).run(run);
}

std::string SignerOf(const json::value& message)
{
    for (const char* key : {"signer", "from_address"}) {
        if (message.as_object().contains(key)) return Text(message.at(key));
    }
    const char* id = message.as_object().contains("bid_id") ? "bid_id" : "id";
    return Text(message.at(id).at("owner"));
}

std::uint64_t GasOf(const json::value& message) { return KindOf(message).gas; }

void PlaceBid(ChainState& state, const BidState& bid, const std::string& denom, Amount deposit)
{
    auto* deployment = state.Deployment({bid.id.owner, bid.id.dseq});
    const auto* order = deployment ? deployment->Order(bid.id.gseq, bid.id.oseq) : nullptr;
    if (!order || order->state != "open" || deployment->Bid(bid.id)) return;
    auto placed = bid;
    placed.escrow.owner = bid.id.provider;
    placed.escrow.settled_at = bid.created_at;
    DepositInto(state, placed.escrow,
                {.owner = bid.id.provider,
                 .height = bid.created_at,
                 .denom = denom,
                 .amount_e18 = money::MulDiv(deposit, OneE18(), Amount{1}, money::Rounding::kFloor)});
    deployment->bids.push_back(std::move(placed));
}

void WithdrawLeases(ChainState& state, DeploymentState& deployment, std::int64_t height)
{
    Settle(deployment, height);
    for (auto& lease : deployment.leases) Withdraw(state, lease);
    if (deployment.state != "closed") return;
    for (auto& bid : deployment.bids) {
        if (bid.state == "open" || bid.state == "active") EndBid(state, bid, "closed");
    }
}

}  // namespace berth::sandbox
