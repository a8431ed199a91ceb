#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/message_run.hpp"
#include "akash/sandbox/chain/messages.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

using ProviderAttributes = std::vector<std::pair<std::string, std::string>>;

bool IsStated(const ProviderAttributes& attributes, const std::string& key,
              const std::string& value)
{
    return std::ranges::count(attributes, std::pair{key, value}) > 0;
}

/// Whether a provider states this class of storage, and as one that outlives containers.
bool OffersClass(const ProviderAttributes& attributes, const std::string& wanted)
{
    constexpr std::string_view kOf = "capabilities/storage/", kClass = "/class";
    return std::ranges::any_of(attributes, [&](const auto& attribute) {
        const auto& [key, value] = attribute;
        if (!key.starts_with(kOf) || !key.ends_with(kClass) || value != wanted) return false;
        return IsStated(attributes, key.substr(0, key.size() - kClass.size()) + "/persistent",
                        "true");
    });
}

bool OffersStorage(const ProviderAttributes& attributes, const json::value& resource)
{
    return std::ranges::all_of(resource.at("storage").as_array(), [&](const json::value& volume) {
        const auto* list = volume.as_object().if_contains("attributes");
        ProviderAttributes wanted;
        if (list && list->is_array()) {
            for (const auto& one : list->as_array()) {
                wanted.emplace_back(MessageText(one.at("key")), MessageText(one.at("value")));
            }
        }
        if (!IsStated(wanted, "persistent", "true")) return true;
        return std::ranges::any_of(wanted, [&](const auto& one) {
            return one.first == "class" && OffersClass(attributes, one.second);
        });
    });
}

}  // namespace

Amount CeilingOf(const GroupState& group)
{
    Amount ceiling;
    for (const auto& unit : group.spec.at("resources").as_array()) {
        const auto price = akash::ParseDec18(MessageText(unit.at("price").at("amount")));
        if (!price) continue;
        ceiling += money::MulDiv(*price, Amount{unit.at("count").to_number<std::int64_t>()},
                                 Amount{1}, money::Rounding::kFloor);
    }
    return ceiling;
}

bool Satisfies(const std::vector<std::pair<std::string, std::string>>& attributes,
               const GroupState& group)
{
    for (const auto& wanted : group.spec.at("requirements").at("attributes").as_array()) {
        const std::pair attribute{MessageText(wanted.at("key")), MessageText(wanted.at("value"))};
        if (std::find(attributes.begin(), attributes.end(), attribute) == attributes.end()) {
            return false;
        }
    }
    return std::ranges::all_of(group.spec.at("resources").as_array(), [&](const auto& unit) {
        return OffersStorage(attributes, unit.at("resource"));
    });
}

void CreateBid(MessageRun& run)
{
    const auto id = ReadLeaseId(run.message.at("id"));
    auto* deployment = run.state.Deployment({id.owner, id.dseq});
    const auto* order = deployment ? deployment->Order(id.gseq, id.oseq) : nullptr;
    if (!order) throw Refusal{"market", 19, "invalid order: order not found"};
    if (order->state != "open") throw Refusal{"market", 24, "order closed"};
    const auto price = akash::ParseDec18(MessageText(run.message.at("price").at("amount")));
    const auto& group = *deployment->Group(id.gseq);
    if (!price || *price > CeilingOf(group)) throw Refusal{"market", 7, "bid price is invalid"};
    const auto provider = run.state.providers.find(id.provider);
    if (provider == run.state.providers.end()) throw Refusal{"market", 9, "unknown provider"};
    if (!Satisfies(provider->second.attributes, group)) {
        throw Refusal{"market", 10, "attribute mismatch"};
    }
    if (deployment->Bid(id)) throw Refusal{"market", 13, "bid exists"};
    const auto deposit = run.ReadDeposit(run.message.at("deposit"), id.provider);
    const BidState bid{
        .id = id,
        .price = {.denom = MessageText(run.message.at("price").at("denom")), .amount_e18 = *price},
        .created_at = run.height,
        .escrow = {}};
    PlaceBid(run.state, bid, deposit.denom,
             money::MulDiv(deposit.amount_e18, Amount{1}, OneE18(), money::Rounding::kFloor));
    run.events.push_back({"akash.market.v1.EventBidCreated",
                          {{"id", json::serialize(run.message.at("id"))},
                           {"price", json::serialize(run.message.at("price"))}}});
}

void CreateLease(MessageRun& run)
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
          {"price",
           json::serialize(json::object{{"denom", bid->price.denom},
                                        {"amount", akash::FormatDec18(bid->price.amount_e18)}})}}});
}

void CloseLease(MessageRun& run)
{
    const auto id = ReadLeaseId(run.message.at("id"));
    auto* deployment = run.state.Deployment({id.owner, id.dseq});
    auto* lease = deployment ? deployment->Lease(id) : nullptr;
    if (!lease) throw Refusal{"market", 17, "invalid lease: lease not found"};
    auto* order = deployment->Order(id.gseq, id.oseq);
    if (order->state != "active") throw Refusal{"market", 24, "order closed"};
    const bool covered = Settle(*deployment, run.height);
    run.EndLease(*lease, "lease_closed_owner");
    EndBid(run.state, *deployment->Bid(id), "closed");
    order->state = "closed";
    run.events.push_back(
        {"akash.market.v1.EventLeaseClosed",
         {{"id", json::serialize(run.message.at("id"))}, {"reason", "\"lease_closed_owner\""}}});
    if (covered) run.OpenOrder(*deployment, id.gseq);
}

void PlaceBid(ChainState& state, const BidState& bid, const std::string& denom, Amount deposit)
{
    auto* deployment = state.Deployment({bid.id.owner, bid.id.dseq});
    const auto* order = deployment ? deployment->Order(bid.id.gseq, bid.id.oseq) : nullptr;
    if (!order || order->state != "open" || deployment->Bid(bid.id)) return;
    auto placed = bid;
    placed.escrow.owner = bid.id.provider;
    placed.escrow.settled_at = bid.created_at;
    DepositInto(
        state, placed.escrow,
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
