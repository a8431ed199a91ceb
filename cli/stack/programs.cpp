#include "cli/stack/programs.hpp"

namespace berth::stack {
namespace {

constexpr auto kLoopback = "127.0.0.0/8";

std::string Joined(const std::vector<std::string>& items)
{
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
    return text;
}

/// What a block takes and who may be reached is short here, so that nobody has to wait.
void AddShortTimes(Config& config)
{
    config["jobs.poll"] = "250ms";
    config["jobs.lease"] = "15s";
    config["jobs.heartbeat"] = "2s";
    config["wallets.lease"] = "15s";
    config["meter_interval"] = "2s";
}

}  // namespace

std::vector<Zone> PrivateZones()
{
    return {{kZone, {"edge IN A 127.0.0.1"}, kZoneKey},
            {kCustomerZone, {}, kCustomerZoneKey},
            {kProviderZone, {"* IN A 127.0.0.1"}, ""}};
}

Config XrplSandboxConfig(const Layout& layout)
{
    return {{"address", Local(layout.xrpl)}, {"state_file", layout.folder / "xrpl/ledger.json"}};
}

Config AkashSandboxConfig(const Layout& layout, const Parties& parties,
                          std::chrono::milliseconds block_time,
                          const std::filesystem::path& postgres_folder)
{
    const auto network = PrivateNetwork(layout);
    const auto& image = network.relay_image;
    const auto tag = image.substr(image.rfind(':'));
    const bool is_built = std::filesystem::exists(layout.RelayImage() / "index.json");
    return {{"address", Local(layout.akash)},
            {"chain_id", network.chain_id},
            {"data_dir", layout.folder / "akash/chain"},
            {"block_time", std::to_string(block_time.count()) + "ms"},
            {"genesis", parties.wallet + "=50000000uakt+500000000uact"},
            {"ingress_address", Local(layout.ingress)},
            {"postgres_dir", postgres_folder},
            {"images", image + "=" + layout.Relay().string()},
            {"image_layouts", is_built ? image + "=" + layout.RelayImage().string() + tag : ""}};
}

Config MarketplaceConfig(const Layout& layout, const Parties& parties, const Pebble& pebble,
                         const std::string& database_url)
{
    Config config{{"address", Local(layout.marketplace)},
                  {"tls.certificate_file", layout.folder / "tls/marketplace.pem"},
                  {"tls.key_file", layout.folder / "tls/marketplace.key"},
                  {"key_file", layout.KeyFile("marketplace")},
                  {"admins", parties.admin},
                  {"finance", parties.finance},
                  {"database.url", database_url},
                  {"rails.xrp.url", "http://" + Local(layout.xrpl)},
                  {"rails.xrp.account", parties.xrpl_account},
                  {"probe.resolver", Local(layout.bind)},
                  {"probe.authoritative", Local(layout.bind)},
                  {"probe.ca_file", pebble.Root()},
                  {"probe.allow_networks", kLoopback}};
    AddShortTimes(config);
    return config;
}

Config WorkerConfig(const Layout& layout, const Bind& bind, const Pebble& pebble,
                    const std::filesystem::path& edge_socket)
{
    return {{"key_file", layout.KeyFile("operator")},
            {"sealing_key_file", layout.KeyFile("sealing")},
            {"state_folder", layout.folder / "worker/state"},
            {"resolver", bind.Address()},
            {"marketplace.address", Local(layout.marketplace)},
            {"marketplace.ca_file", layout.MarketplaceCa()},
            {"dns.zone", kZone},
            {"dns.primary", bind.Address()},
            {"dns.tsig_file", bind.KeyFile(kZoneKey)},
            {"dns.ttl", "1s"},
            {"edge.folder", layout.folder / "edge"},
            {"edge.socket", edge_socket},
            {"edge.listen", Joined({Local(layout.edge), Local(layout.second_edge)})},
            {"edge.address", "127.0.0.1"},
            {"edge.port", std::to_string(layout.edge)},
            {"edge.wildcard_zone", kRelayZone},
            {"acme.directory", pebble.Directory()},
            {"acme.email", "operator@berth.test"},
            {"acme.ca_file", pebble.ServerCa()},
            {"probe.allow_networks", kLoopback},
            {"probe.ca_file", pebble.Root()}};
}

Config MarketplaceConfig(const AkashNetwork& network)
{
    return {{"akash.program", network.akash},
            {"akash.home", network.home},
            {"akash.nodes", network.nodes},
            {"akash.chain_id", network.chain_id}};
}

Config WorkerConfig(const AkashNetwork& network)
{
    return {{"akash.program", network.akash},
            {"akash.provider_services", network.provider_services},
            {"akash.home", network.home},
            {"akash.keyring_backend", network.keyring_backend},
            {"akash.from", network.from},
            {"akash.chain_id", network.chain_id},
            {"akash.nodes", network.nodes},
            {"akash.bid_window", network.bid_window},
            {"akash.wallet_poll", "200ms"},
            {"edge.ingress_port", network.ingress_port},
            {"edge.ingress_ca_file", network.ingress_ca_file}};
}

}  // namespace berth::stack
