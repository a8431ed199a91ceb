#include "akash/sandbox/chain/messages.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/message_run.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

void Deposit(MessageRun& run)
{
    const auto xid = MessageText(run.message.at("id").at("xid"));
    const auto slash = xid.rfind('/');
    auto* deployment =
        run.state.Deployment({.owner = xid.substr(0, slash),
                              .dseq = std::strtoull(xid.c_str() + slash + 1, nullptr, 10)});
    if (!deployment) throw Refusal{"escrow", 3, "account not found"};
    auto& escrow = deployment->escrow;
    if (escrow.state == "closed") throw Refusal{"escrow", 2, "account closed"};
    const auto deposit =
        run.ReadDeposit(run.message.at("deposit"), MessageText(run.message.at("signer")));
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

void Send(MessageRun& run)
{
    const auto from = MessageText(run.message.at("from_address"));
    for (const auto& coin : run.message.at("amount").as_array()) {
        const auto denom = MessageText(coin.at("denom"));
        const auto amount = Amount::Parse(MessageText(coin.at("amount")));
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
        run.state.Add(MessageText(run.message.at("to_address")), denom, *amount);
    }
}

struct Kind {
    std::string_view type;
    void (*run)(MessageRun&);
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
    {"/akash.market.v1beta5.MsgCreateBid", CreateBid, 110'000},
    {"/akash.market.v1beta5.MsgCreateLease", CreateLease, 121'000},
    {"/akash.market.v1beta5.MsgCloseLease", CloseLease, 199'000},
    {"/akash.escrow.v1.MsgAccountDeposit", Deposit, 38'000},
    {"/akash.provider.v1beta4.MsgCreateProvider", CreateProvider, 24'000},
    {"/cosmos.bank.v1beta1.MsgSend", Send, 35'000},
};

const Kind& KindOf(const json::value& message)
{
    const auto type = MessageText(message.at("@type"));
    for (const auto& kind : kKinds) {
        if (kind.type == type) return kind;
    }
    throw Refusal{"sdk", 6, "unknown message " + type};
}

}  // namespace

akash::DeploymentId ReadDeploymentId(const json::value& id)
{
    return {.owner = MessageText(id.at("owner")), .dseq = MessageNumber(id.at("dseq"))};
}

akash::LeaseId ReadLeaseId(const json::value& id)
{
    return {.owner = MessageText(id.at("owner")),
            .dseq = MessageNumber(id.at("dseq")),
            .gseq = static_cast<std::uint32_t>(MessageNumber(id.at("gseq"))),
            .oseq = static_cast<std::uint32_t>(MessageNumber(id.at("oseq"))),
            .provider = MessageText(id.at("provider"))};
}

void RunMessage(ChainState& state, const json::value& message, std::int64_t height,
                std::vector<Event>& events)
{
    MessageRun run{.state = state, .message = message, .height = height, .events = events};
    KindOf(message).run(run);
}

std::string SignerOf(const json::value& message)
{
    for (const char* key : {"signer", "from_address", "owner"}) {
        if (message.as_object().contains(key)) return MessageText(message.at(key));
    }
    const char* id = message.as_object().contains("bid_id") ? "bid_id" : "id";
    const bool is_bid = MessageText(message.at("@type")).ends_with("MsgCreateBid");
    return MessageText(message.at(id).at(is_bid ? "provider" : "owner"));
}

std::uint64_t GasOf(const json::value& message) { return KindOf(message).gas; }

}  // namespace berth::sandbox
