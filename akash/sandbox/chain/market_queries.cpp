#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/query_support.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

/// The filter of the market's lists. By default only the first order of the first group is shown.
struct MarketFilter {
    std::string owner, state, provider;
    std::uint64_t dseq, gseq, oseq;

    explicit MarketFilter(const Question& question)
        : owner{question.Flag("owner")},
          state{question.Flag("state")},
          provider{question.Flag("provider")},
          dseq{NumberFlag(question, "dseq", 0)},
          gseq{NumberFlag(question, "gseq", 1)},
          oseq{NumberFlag(question, "oseq", 1)}
    {
    }
    bool Takes(const DeploymentState& deployment) const
    {
        return (owner.empty() || deployment.id.owner == owner) &&
               (dseq == 0 || deployment.id.dseq == dseq);
    }
    template <typename Item>
    bool Takes(std::uint32_t item_gseq, std::uint32_t item_oseq, const Item& item) const
    {
        return (gseq == 0 || item_gseq == gseq) && (oseq == 0 || item_oseq == oseq) &&
               (state.empty() || item.state == state);
    }
};

template <typename Collect>
json::value MarketList(const Chain& chain, const Question& question, const char* name,
                       Collect collect)
{
    const MarketFilter filter{question};
    json::array found;
    for (const auto& [id, deployment] : chain.state().deployments) {
        if (filter.Takes(deployment)) collect(filter, deployment, found);
    }
    return Page(question, name, found);
}

json::value OrderList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "orders", [](const auto& filter, const auto& in, auto& out) {
        for (const auto& order : in.orders) {
            if (filter.Takes(order.gseq, order.oseq, order)) out.push_back(OrderJson(in, order));
        }
    });
}

json::value BidList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "bids", [](const auto& filter, const auto& in, auto& out) {
        auto bids = in.bids;
        std::sort(bids.begin(), bids.end(), [](const auto& a, const auto& b) {
            return std::tie(a.id.gseq, a.id.oseq, a.id.provider) <
                   std::tie(b.id.gseq, b.id.oseq, b.id.provider);
        });
        for (const auto& bid : bids) {
            if (filter.Takes(bid.id.gseq, bid.id.oseq, bid)) out.push_back(BidJson(in, bid));
        }
    });
}

json::value LeaseList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "leases", [](const auto& filter, const auto& in, auto& out) {
        for (const auto& lease : in.leases) {
            if (filter.Takes(lease.id.gseq, lease.id.oseq, lease))
                out.push_back(LeaseJson(in, lease));
        }
    });
}

akash::LeaseId LeaseFlag(const Question& question)
{
    return {.owner = question.Flag("owner"),
            .dseq = NumberFlag(question, "dseq", 0),
            .gseq = static_cast<std::uint32_t>(NumberFlag(question, "gseq", 1)),
            .oseq = static_cast<std::uint32_t>(NumberFlag(question, "oseq", 1)),
            .provider = question.Flag("provider")};
}

json::value OrderGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto id = LeaseFlag(question);
    const auto* order = deployment ? deployment->Order(id.gseq, id.oseq) : nullptr;
    if (!order) RefuseNotFound("invalid order: order not found");
    return OrderJson(*deployment, *order);
}

json::value BidGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto* bid = deployment ? deployment->Bid(LeaseFlag(question)) : nullptr;
    if (!bid) RefuseNotFound("invalid bid: bid not found");
    return BidJson(*deployment, *bid);
}

json::value LeaseGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto* lease = deployment ? deployment->Lease(LeaseFlag(question)) : nullptr;
    if (!lease) RefuseNotFound("invalid lease: lease not found");
    return LeaseJson(*deployment, *lease);
}

json::value ProviderGet(const Chain& chain, const Question& question)
{
    const auto& all = chain.state().providers;
    const auto found = all.find(question.words.empty() ? "" : question.words[0]);
    if (found == all.end()) RefuseNotFound("invalid provider: address not found");
    return ProviderJson(found->second);
}

json::value ProviderList(const Chain& chain, const Question& question)
{
    json::array found;
    for (const auto& [address, provider] : chain.state().providers) {
        found.push_back(ProviderJson(provider));
    }
    auto page = Page(question, "providers", found);
    page["pagination"].as_object()["total"] = "0";
    return page;
}

json::value MarketParams(const Chain&, const Question&)
{
    return json::parse(R"({"params":{"bid_min_deposit":{"denom":"uakt","amount":"500000"},
        "order_max_bids":20,"bid_min_deposits":[{"denom":"uact","amount":"500000"},
        {"denom":"uakt","amount":"500000"}],"min_reclamation_window":"3600s",
        "max_reclamation_window":"2592000s"}})");
}

}  // namespace

const std::map<std::string, QueryHandler>& MarketQueries()
{
    static const std::map<std::string, QueryHandler> kHandlers{
        {"market order list", OrderList}, {"market order get", OrderGet},
        {"market bid list", BidList},     {"market bid get", BidGet},
        {"market lease list", LeaseList}, {"market lease get", LeaseGet},
        {"market params", MarketParams},  {"provider get", ProviderGet},
        {"provider list", ProviderList},
    };
    return kHandlers;
}

}  // namespace berth::sandbox
