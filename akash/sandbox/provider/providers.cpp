#include "akash/sandbox/provider/providers.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/keys.hpp"
#include "akash/sandbox/chain/messages.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

// A provider takes its earnings once the account is this many blocks past its funds.
constexpr std::int64_t kWithdrawAfterBlocks = 5;
constexpr std::int64_t kMonthMilliseconds = 2'592'000'000;

ProviderProfile Profile(const std::string& name, std::int64_t usd_micros, const std::string& region)
{
    const auto digest = Sha256("berth sandbox provider " + name);
    const auto key = KeyFromSecret(Secret{std::string{digest.begin(), digest.end()}});
    return {.name = name,
            .address = key.address,
            .usd_micros_per_month = Amount{usd_micros},
            .attributes = {{"region", region},
                           {"host", "akash"},
                           {"tier", "community"},
                           {"capabilities/storage/1/class", "beta2"},
                           {"capabilities/storage/1/persistent", "true"}}};
}

bool IsSpent(const DeploymentState& deployment, std::int64_t height)
{
    for (const auto& lease : deployment.leases) {
        if (lease.state != "active") continue;
        const auto funds = deployment.escrow.funds_e18.find(lease.price.denom);
        const auto left = funds == deployment.escrow.funds_e18.end() ? Amount{} : funds->second;
        const Amount blocks{height - deployment.escrow.settled_at - kWithdrawAfterBlocks};
        const auto due =
            money::MulDiv(lease.price.amount_e18, blocks, Amount{1}, money::Rounding::kFloor);
        if (due > left) return true;
    }
    return false;
}

}  // namespace

std::string HostUri(const ProviderProfile& provider)
{
    return "https://provider." + provider.name + ".akash.test:8443";
}

std::vector<ProviderProfile> DefaultProviders()
{
    auto silent = Profile("silent", 1'000'000, "eu-west");
    silent.bids = false;
    auto second = Profile("birch", 4'200'000, "eu-west");
    second.bid_after_blocks = 2;
    auto third = Profile("cedar", 5'600'000, "us-east");
    third.bid_after_blocks = 2;
    return {Profile("alder", 3'100'000, "eu-west"), second, third, silent,
            Profile("golden", 900'000'000, "eu-west")};
}

Amount PricePerBlock(Amount usd_micros_per_month, std::chrono::milliseconds block_time)
{
    // One uact is one micro-dollar.
    const auto per_month_e18 =
        money::MulDiv(usd_micros_per_month, Amount{1'000'000'000'000'000'000}, Amount{1},
                      money::Rounding::kFloor);
    const auto price = money::MulDiv(per_month_e18, Amount{block_time.count()},
                                     Amount{kMonthMilliseconds}, money::Rounding::kCeil);
    // Providers quote six decimals.
    return money::MulDiv(
        money::MulDiv(price, Amount{1}, Amount{1'000'000'000'000}, money::Rounding::kCeil),
        Amount{1'000'000'000'000}, Amount{1}, money::Rounding::kFloor);
}

std::vector<json::object> ProviderMoves(const Chain& chain,
                                        const std::vector<ProviderProfile>& providers,
                                        const ProviderFaults& faults,
                                        std::chrono::milliseconds block_time)
{
    std::vector<json::object> moves;
    const auto next_height = chain.height() + 1;
    for (const auto& [key, deployment] : chain.state().deployments) {
        if (deployment.state != "active") continue;
        if (!faults.no_withdrawals && IsSpent(deployment, next_height)) {
            moves.push_back({{"withdraw", DeploymentIdJson(deployment.id)}});
        }
        for (const auto& order : deployment.orders) {
            if (order.state != "open" || faults.no_bids) continue;
            const auto& group = deployment.groups.at(order.gseq - 1);
            for (const auto& provider : providers) {
                const auto due =
                    order.created_at + provider.bid_after_blocks + faults.extra_bid_blocks;
                const auto price = PricePerBlock(provider.usd_micros_per_month, block_time);
                if (!provider.bids || faults.down.contains(provider.name) || next_height < due ||
                    price > CeilingOf(group) || !Satisfies(provider.attributes, group)) {
                    continue;
                }
                const akash::LeaseId id{deployment.id.owner, deployment.id.dseq, order.gseq,
                                        order.oseq, provider.address};
                const auto same = [&](const BidState& bid) { return bid.id == id; };
                if (std::any_of(deployment.bids.begin(), deployment.bids.end(), same)) continue;
                moves.push_back({{"bid", json::object{{"id", BidIdJson(id)},
                                                      {"denom", "uact"},
                                                      {"price", akash::FormatDec18(price)}}}});
            }
        }
    }
    return moves;
}

std::vector<json::object> ProviderGenesis(const std::vector<ProviderProfile>& providers)
{
    std::vector<json::object> operations;
    for (const auto& provider : providers) {
        json::array attributes;
        for (const auto& [key, value] : provider.attributes) {
            attributes.push_back(json::object{{"key", key}, {"value", value}});
        }
        operations.push_back({{"provider", json::object{{"address", provider.address},
                                                        {"host_uri", HostUri(provider)},
                                                        {"attributes", attributes}}}});
        operations.push_back({{"faucet", json::object{{"address", provider.address},
                                                      {"denom", "uact"},
                                                      {"amount", "1000000000000"}}}});
    }
    return operations;
}

}  // namespace berth::sandbox
