#include "cli/stack/bootstrap.hpp"

#include <boost/json.hpp>

#include "core/base/file.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kActionLimit = 30s;

/// Dollars with 8 decimals for one whole coin, as of the day this was written.
constexpr std::pair<const char*, const char*> kPrices[] = {
    {"xrp", "215000000"}, {"akt", "62000000"}, {"act", "100000000"}};

/// A core, a GiB of memory, and five on SSD for the database.
json::object SmallResources()
{
    return {{"cpuMillis", "1000"},
            {"memoryBytes", "1073741824"},
            {"storageBytes", "5368709120"},
            {"storageClass", "beta2"}};
}

json::object PlanFor(int number, const std::string& operator_key, const std::string& image)
{
    return {{"name", PlanOf(number)},
            {"operator", operator_key},
            {"title", "A relay for a small community"},
            {"image", image},
            {"postgresImage", "postgres:15.13"},
            {"resources", SmallResources()},
            {"setupUsdMicros", "1000000"},
            {"monthlyUsdMicros", "6000000"},
            {"ceilingLeaseUsdMicros", "4000000"},
            {"marginFloorBps", "2000"},
            {"marketplaceFeeBps", "1000"},
            {"limits",
             {{"maxMessageBytes", 131072},
              {"maxSubscriptions", 20},
              {"maxFilters", 10},
              {"maxLimit", 500}}},
            {"graceSeconds", "604800"},
            {"edgeZone", kRelayZone}};
}

Result<void> Act(const Shell& shell, const std::filesystem::path& key,
                 std::vector<std::string> words)
{
    words.insert(words.begin(), "operator");
    const auto done = shell.Run(key, std::move(words), Deadline::After(kActionLimit));
    if (!done) return done.error();
    return {};
}

Result<void> SetPrices(const Shell& shell, const Layout& layout)
{
    for (const auto& [asset, price] : kPrices) {
        const auto set = Act(shell, layout.KeyFile("admin"),
                             {"set-price", asset, price, "--source", "private world"});
        if (!set) return set;
    }
    return {};
}

Result<void> AddOperator(const Shell& shell, const Layout& layout, int number,
                         const json::object& plan)
{
    const auto pubkey = std::string{plan.at("operator").as_string()};
    const auto added = Act(shell, layout.KeyFile("admin"),
                           {"add", pubkey, "--title", "Harbour " + std::to_string(number)});
    if (!added) return added;
    const auto file = layout.folder / "plans" / (OperatorName(number) + ".json");
    const auto written = WriteFileAtomically(file, json::serialize(plan), 0644);
    if (!written) return written;
    return Act(shell, layout.KeyFile(OperatorName(number)), {"put-plan", file});
}

std::string Numbered(const std::string& name, int number)
{
    return number == 1 ? name : name + "-" + std::to_string(number);
}

}  // namespace

std::string OperatorName(int number) { return Numbered("operator", number); }

std::string PlanOf(int number) { return Numbered("plans/relay", number); }

Result<void> OpenForBusiness(const Shell& shell, const Layout& layout, const Parties& parties,
                             const AkashNetwork& network)
{
    if (const auto set = SetPrices(shell, layout); !set) return set;
    int number = 0;
    for (const auto& pubkey : parties.operators) {
        ++number;
        const auto plan = PlanFor(number, pubkey, network.relay_image);
        const auto added = AddOperator(shell, layout, number, plan);
        if (!added) return added;
    }
    return Act(shell, layout.KeyFile("operator"),
               {"add-wallet", parties.wallet, "--chain-id", network.chain_id});
}

}  // namespace berth::stack
