#include "cli/stack/akash_network.hpp"

#include <cstdlib>
#include <utility>

#include "core/base/file.hpp"

namespace berth::stack {
namespace {

constexpr auto kPublishedImage = "ghcr.io/berth-relays/berth-relay:0.1.0";

std::string Environment(const char* name, const char* otherwise = "")
{
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

/// The providers of a network that is not ours have names that our private name server must ask
/// for.
Result<std::optional<AkashNetwork>> WithForwarders(AkashNetwork network)
{
    const auto named = ParseForwarders(Environment("BERTH_DNS_FORWARDERS"));
    if (!named) return named.error();
    network.forwarders = *named;
    if (const auto system = ReadFile("/etc/resolv.conf"); named->empty() && system) {
        network.forwarders = SystemForwarders(*system);
    }
    return std::optional{std::move(network)};
}

}  // namespace

AkashNetwork PrivateNetwork(const Layout& layout)
{
    return {.akash = layout.programs / "akash/sandbox/akash",
            .provider_services = layout.programs / "akash/sandbox/provider-services",
            .home = layout.folder / "akash/home",
            .from = "operator",
            .chain_id = "berth-sandbox-1",
            .nodes = "http://" + Local(layout.akash),
            .relay_image = "berth-relay:0.1.0",
            .bid_window = "3s",
            .ingress_port = std::to_string(layout.ingress),
            .ingress_ca_file = layout.folder / "akash/chain/ca.pem"};
}

Result<std::optional<AkashNetwork>> NetworkOfEnvironment()
{
    AkashNetwork network{.keyring_backend = Environment("BERTH_AKASH_KEYRING_BACKEND", "test"),
                         .relay_image = Environment("BERTH_RELAY_IMAGE", kPublishedImage)};
    const std::pair<const char*, std::string*> wanted[] = {
        {"BERTH_AKASH", &network.akash},
        {"BERTH_PROVIDER_SERVICES", &network.provider_services},
        {"BERTH_AKASH_HOME", &network.home},
        {"BERTH_AKASH_NODE", &network.nodes},
        {"BERTH_AKASH_CHAIN_ID", &network.chain_id},
        {"BERTH_AKASH_FROM", &network.from}};
    std::string missing;
    std::size_t found = 0;
    for (const auto& [name, value] : wanted) {
        *value = Environment(name);
        if (value->empty())
            missing += std::string{" "} + name;
        else
            ++found;
    }
    if (found == 0) return std::optional<AkashNetwork>{};
    if (missing.empty()) return WithForwarders(std::move(network));
    return Fail(ErrorCode::kInvalid, "NETWORK_INCOMPLETE",
                "To lease on a network of your own, set also" + missing + ".");
}

}  // namespace berth::stack
