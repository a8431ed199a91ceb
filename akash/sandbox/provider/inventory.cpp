#include "akash/sandbox/provider/inventory.hpp"

#include <boost/json.hpp>

#include "akash/sandbox/chain/message_run.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

/// Amounts of one group, or of a node.
struct Capacity {
    std::int64_t cpu = 0;
    std::int64_t memory = 0;
    std::int64_t storage = 0;

    json::object ToJson() const
    {
        return {{"cpu", cpu}, {"gpu", 0}, {"memory", memory}, {"storage_ephemeral", storage}};
    }
};

constexpr Capacity kNode{.cpu = 64'000, .memory = 512LL << 30, .storage = 8LL << 40};

std::int64_t ValueOf(const json::value& quantity)
{
    return static_cast<std::int64_t>(MessageNumber(quantity.at("val")));
}

Capacity CapacityOf(const GroupState& group)
{
    Capacity sum;
    for (const auto& unit : group.spec.at("resources").as_array()) {
        const auto count = unit.at("count").to_number<std::int64_t>();
        const auto& resource = unit.at("resource");
        sum.cpu += count * ValueOf(resource.at("cpu").at("units"));
        sum.memory += count * ValueOf(resource.at("memory").at("quantity"));
        for (const auto& volume : resource.at("storage").as_array()) {
            sum.storage += count * ValueOf(volume.at("quantity"));
        }
    }
    return sum;
}

/// The groups that a provider runs, and those that it has bid on.
struct Taken {
    std::vector<Capacity> active;
    std::vector<Capacity> pending;
};

Taken TakenBy(const Chain& chain, const std::string& provider)
{
    Taken taken;
    for (const auto& [id, deployment] : chain.state().deployments) {
        for (const auto& lease : deployment.leases) {
            if (lease.state != "active" || lease.id.provider != provider) continue;
            taken.active.push_back(CapacityOf(deployment.groups.at(lease.id.gseq - 1)));
        }
        for (const auto& bid : deployment.bids) {
            if (bid.state != "open" || bid.id.provider != provider) continue;
            taken.pending.push_back(CapacityOf(deployment.groups.at(bid.id.gseq - 1)));
        }
    }
    return taken;
}

json::array ListJson(const std::vector<Capacity>& all, Capacity& left)
{
    json::array list;
    for (const auto& one : all) {
        list.push_back(one.ToJson());
        left.cpu -= one.cpu;
        left.memory -= one.memory;
        left.storage -= one.storage;
    }
    return list;
}

}  // namespace

json::object InventoryJson(const Chain& chain, const ProviderProfile& provider)
{
    const auto taken = TakenBy(chain, provider.address);
    auto left = kNode;
    const auto active = ListJson(taken.active, left);
    const auto pending = ListJson(taken.pending, left);
    const json::object node{
        {"name", "solo"}, {"allocatable", kNode.ToJson()}, {"available", left.ToJson()}};
    const json::object storage{{"class", "beta2"}, {"size", left.storage}};
    const json::object inventory{{"active", active},
                                 {"pending", pending},
                                 {"available", json::object{{"nodes", json::array{node}},
                                                            {"storage", json::array{storage}}}}};
    return {{"cluster", json::object{{"leases", active.size()}, {"inventory", inventory}}},
            {"bidengine", json::object{{"orders", pending.size()}}},
            {"manifest", json::object{{"deployments", active.size()}}},
            {"cluster_public_hostname", "provider." + provider.name + ".akash.test"}};
}

}  // namespace berth::sandbox
