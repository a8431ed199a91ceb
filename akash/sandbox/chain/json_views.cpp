#include "akash/sandbox/chain/json_views.hpp"

#include <boost/json.hpp>

#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

json::object CoinJson(const std::string& denom, Amount amount_e18)
{
    return {{"denom", denom}, {"amount", akash::FormatDec18(amount_e18)}};
}

json::array CoinsJson(const Amounts& amounts)
{
    json::array coins;
    for (const auto& [denom, amount] : amounts) coins.push_back(CoinJson(denom, amount));
    return coins;
}

std::string DeploymentXid(const akash::DeploymentId& id)
{
    return id.owner + "/" + std::to_string(id.dseq);
}

std::string OrderXid(const akash::LeaseId& id)
{
    return std::to_string(id.gseq) + "/" + std::to_string(id.oseq) + "/" + id.provider;
}

const GroupState& GroupOf(const DeploymentState& deployment, std::uint32_t gseq)
{
    return deployment.groups.at(gseq - 1);
}

json::array OffersJson(const GroupState& group)
{
    json::array offers;
    for (const auto& unit : group.spec.at("resources").as_array()) {
        offers.push_back(json::object{
            {"resources", unit.at("resource")}, {"count", unit.at("count")}, {"prices", nullptr}});
    }
    return offers;
}

}  // namespace

json::object DeploymentIdJson(const akash::DeploymentId& id)
{
    return {{"owner", id.owner}, {"dseq", std::to_string(id.dseq)}};
}

json::object BidIdJson(const akash::LeaseId& id)
{
    return {{"owner", id.owner}, {"dseq", std::to_string(id.dseq)}, {"gseq", id.gseq},
            {"oseq", id.oseq},   {"provider", id.provider},         {"bseq", 0}};
}

json::object EscrowJson(const std::string& scope, const std::string& xid, const EscrowState& escrow)
{
    json::array deposits;
    for (const auto& deposit : escrow.deposits) {
        deposits.push_back(json::object{{"owner", deposit.owner},
                                        {"height", std::to_string(deposit.height)},
                                        {"source", "balance"},
                                        {"balance", CoinJson(deposit.denom, deposit.amount_e18)}});
    }
    return {{"id", json::object{{"scope", scope}, {"xid", xid}}},
            {"state", json::object{{"owner", escrow.owner},
                                   {"state", escrow.state},
                                   {"transferred", CoinsJson(escrow.transferred_e18)},
                                   {"settled_at", std::to_string(escrow.settled_at)},
                                   {"funds", CoinsJson(escrow.funds_e18)},
                                   {"deposits", deposits}}}};
}

json::object GroupJson(const DeploymentState& deployment, const GroupState& group)
{
    auto id = DeploymentIdJson(deployment.id);
    id["gseq"] = group.gseq;
    return {{"id", id},
            {"state", group.state},
            {"group_spec", group.spec},
            {"created_at", std::to_string(group.created_at)}};
}

json::object DeploymentJson(const DeploymentState& deployment)
{
    json::array groups;
    for (const auto& group : deployment.groups) groups.push_back(GroupJson(deployment, group));
    return {{"deployment", json::object{{"id", DeploymentIdJson(deployment.id)},
                                        {"state", deployment.state},
                                        {"hash", ToBase64(deployment.hash)},
                                        {"created_at", std::to_string(deployment.created_at)},
                                        {"reclamation", nullptr}}},
            {"groups", groups},
            {"escrow_account",
             EscrowJson("deployment", DeploymentXid(deployment.id), deployment.escrow)}};
}

json::object OrderJson(const DeploymentState& deployment, const OrderState& order)
{
    auto id = DeploymentIdJson(deployment.id);
    id["gseq"] = order.gseq;
    id["oseq"] = order.oseq;
    return {{"id", id},
            {"state", order.state},
            {"spec", GroupOf(deployment, order.gseq).spec},
            {"created_at", std::to_string(order.created_at)},
            {"reclamation", nullptr}};
}

json::object BidJson(const DeploymentState& deployment, const BidState& bid)
{
    return {{"bid", json::object{{"id", BidIdJson(bid.id)},
                                 {"state", bid.state},
                                 {"price", CoinJson(bid.price.denom, bid.price.amount_e18)},
                                 {"created_at", std::to_string(bid.created_at)},
                                 {"resources_offer", OffersJson(GroupOf(deployment, bid.id.gseq))},
                                 {"reclamation_window", nullptr}}},
            {"escrow_account",
             EscrowJson("bid", DeploymentXid(deployment.id) + "/" + OrderXid(bid.id), bid.escrow)}};
}

json::object PaymentJson(const DeploymentState& deployment, const LeaseState& lease)
{
    const auto& denom = lease.price.denom;
    return {{"id", json::object{{"aid", json::object{{"scope", "deployment"},
                                                     {"xid", DeploymentXid(deployment.id)}}},
                                {"xid", OrderXid(lease.id)}}},
            {"state",
             json::object{{"owner", lease.id.provider},
                          {"state", lease.payment_state},
                          {"rate", CoinJson(denom, lease.price.amount_e18)},
                          {"balance", CoinJson(denom, lease.balance_e18)},
                          {"unsettled", CoinJson(denom, lease.unsettled_e18)},
                          {"withdrawn", json::object{{"denom", denom},
                                                     {"amount", lease.withdrawn.ToString()}}}}}};
}

json::object LeaseJson(const DeploymentState& deployment, const LeaseState& lease)
{
    return {{"lease", json::object{{"id", BidIdJson(lease.id)},
                                   {"state", lease.state},
                                   {"price", CoinJson(lease.price.denom, lease.price.amount_e18)},
                                   {"created_at", std::to_string(lease.created_at)},
                                   {"closed_on", std::to_string(lease.closed_on)},
                                   {"reason", lease.reason},
                                   {"reclamation", nullptr}}},
            {"escrow_payment", PaymentJson(deployment, lease)}};
}

json::object ProviderJson(const ProviderState& provider)
{
    json::array attributes;
    for (const auto& [key, value] : provider.attributes) {
        attributes.push_back(json::object{{"key", key}, {"value", value}});
    }
    return {{"owner", provider.address},
            {"host_uri", provider.host_uri},
            {"attributes", attributes},
            {"info", json::object{{"email", provider.email}, {"website", provider.website}}}};
}

}  // namespace berth::sandbox
