#include "worker/run/settings.hpp"

#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/probe/address_policy.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {
namespace {

using config::Setting;
using enum config::Type;

constexpr Setting kSettings[] = {
    {"name", kText, "worker-1", "Name of this process, unique within the operator."},
    {"key_file", kSecretFile, "", "The operator's Nostr secret key (hex or nsec)."},
    {"sealing_key_file", kSecretFile, "", "Key that wraps orders' secrets: 64 hex digits."},
    {"state_folder", kText, "", "Folder of the CA's orders and the wildcard's key."},
    {"ready_file", kText, "", "Written once the marketplace has registered this worker."},
    {"slots", kInteger, "4", "Jobs at the same time.", 1, 64},
    {"resolver", kText, "", "host:port of the name server to ask; empty: the system's."},
    {"check", kBool, "false", "Proves that everything can be reached, spends nothing, and ends."},
    {"print_edge_config", kBool, "false",
     "Prints the configuration that HAProxy needs, makes its empty lists, and ends."},

    {"marketplace.address", kText, "", "host:port of the marketplace."},
    {"marketplace.ca_file", kText, "", "Issuers of its certificate; empty: the system's."},
    {"marketplace.plaintext", kBool, "false", "No TLS; for loopback only."},

    {"akash.program", kText, "akash", "The program `akash`."},
    {"akash.provider_services", kText, "provider-services", "The program `provider-services`."},
    {"akash.home", kText, "", "Home folder of both programs."},
    {"akash.keyring_backend", kText, "test", "Keyring of the wallet's key."},
    {"akash.from", kText, "", "Name of the wallet's key."},
    {"akash.chain_id", kText, "akashnet-2", "Chain."},
    {"akash.nodes", kList, "", "RPC URLs, tried in turn."},
    {"akash.gas_price", kText, "0.025", "Price of a unit of gas."},
    {"akash.gas_denom", kText, "uakt", "What gas is paid in."},
    {"akash.gas_adjustment_percent", kInteger, "150", "Of the simulated gas.", 100, 1000},
    {"akash.denom", kText, "uact", "What leases are paid in."},
    {"akash.parallel", kInteger, "4", "Programs at the same time; each takes 165 MiB.", 1, 64},
    {"akash.least_gas", kInteger, "100000", "Gas money below which the wallet is not ready.", 0},
    {"akash.least_deposit", kInteger, "500000", "Deposit money below which it is not ready.", 0},
    {"akash.bid_window", kDuration, "30s", "How long bids are collected before one is chosen."},
    {"akash.wallet_poll", kDuration, "2s", "How often the wallet asks for work."},

    {"dns.zone", kText, "", "The operator's zone."},
    {"dns.primary", kText, "", "host:port of the server that takes updates."},
    {"dns.servers", kList, "", "host:port of every authoritative server; empty: the primary."},
    {"dns.tsig_file", kText, "", "TSIG key in BIND's syntax, mode 0600."},
    {"dns.ttl", kDuration, "60s", "Lifetime of published records."},

    {"edge.folder", kText, "", "Folder of certificates and maps that HAProxy reads."},
    {"edge.socket", kText, "", "HAProxy's runtime socket; empty: `admin.sock` in the folder."},
    {"edge.listen", kList, "0.0.0.0:443, 0.0.0.0:8080", "TLS ports of HAProxy."},
    {"edge.address", kText, "", "Public IP address or name of the edge."},
    {"edge.port", kInteger, "443", "Public port that probes and customers use.", 1, 65535},
    {"edge.ingress_port", kInteger, "443", "Port of the providers' ingresses.", 1, 65535},
    {"edge.ingress_ca_file", kText, "", "Issuers of the ingresses' certificates; empty: system's."},
    {"edge.wildcard_zone", kText, "", "Names directly under it share one certificate."},

    {"acme.program", kText, "lego", "The program `lego`."},
    {"acme.directory", kText, "https://acme-v02.api.letsencrypt.org/directory", "The CA."},
    {"acme.email", kText, "", "Contact of the CA account."},
    {"acme.ca_file", kText, "", "Issuers of the directory's own TLS; empty: the system's."},
    {"acme.per_domain_and_week", kInteger, "40", "Certificates per registered domain.", 1},
    {"acme.per_account_in_3_hours", kInteger, "200", "Orders of the account.", 1},

    {"probe.allow_networks", kList, "", "Special networks that probes may reach."},
    {"probe.ca_file", kText, "", "Issuers of relays' certificates; empty: the system's."},
    {"probe.issuer", kText, "", "Part of the issuer's name that relays' certificates must have."},
};

Error Bad(std::string message)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", std::move(message));
}

akash::AkashPrograms ReadAkash(const config::Config& config)
{
    akash::AkashPrograms akash;
    akash.akash = config.Text("akash.program");
    akash.provider_services = config.Text("akash.provider_services");
    akash.home = config.Text("akash.home");
    akash.keyring_backend = config.Text("akash.keyring_backend");
    akash.from = config.Text("akash.from");
    akash.chain_id = config.Text("akash.chain_id");
    akash.nodes = config.List("akash.nodes");
    akash.gas_price = config.Text("akash.gas_price");
    akash.gas_denom = config.Text("akash.gas_denom");
    akash.gas_adjustment_percent = static_cast<int>(config.Integer("akash.gas_adjustment_percent"));
    akash.denom = config.Text("akash.denom");
    return akash;
}

WalletSettings ReadWallet(const config::Config& config)
{
    return {.gas_denom = config.Text("akash.gas_denom"),
            .deposit_denom = config.Text("akash.denom"),
            .least_gas = config.Integer("akash.least_gas"),
            .least_deposit = config.Integer("akash.least_deposit"),
            .poll = config.Duration("akash.wallet_poll")};
}

DnsSettings ReadDns(const config::Config& config)
{
    DnsSettings dns{.zone = config.Text("dns.zone"),
                    .primary = config.Text("dns.primary"),
                    .servers = config.List("dns.servers"),
                    .tsig_file = config.Text("dns.tsig_file"),
                    .ttl = std::chrono::floor<std::chrono::seconds>(config.Duration("dns.ttl"))};
    if (dns.servers.empty()) dns.servers = {dns.primary};
    return dns;
}

EdgeSettings ReadEdge(const config::Config& config)
{
    EdgeSettings edge{.folder = config.Text("edge.folder"),
                      .socket = config.Text("edge.socket"),
                      .listen = config.List("edge.listen"),
                      .resolver = config.Text("resolver"),
                      .ingress_ca_file = config.Text("edge.ingress_ca_file"),
                      .ingress_port = static_cast<int>(config.Integer("edge.ingress_port"))};
    if (edge.socket.empty()) edge.socket = edge.folder / "admin.sock";
    return edge;
}

AcmeSettings ReadAcme(const config::Config& config)
{
    return {.program = config.Text("acme.program"),
            .directory = config.Text("acme.directory"),
            .email = config.Text("acme.email"),
            .ca_file = config.Text("acme.ca_file"),
            .folder = std::filesystem::path{config.Text("state_folder")} / "acme",
            .resolver = config.Text("resolver"),
            .dns_server = config.Text("dns.primary"),
            .tsig_file = config.Text("dns.tsig_file"),
            .limits = {
                .per_domain_and_week = static_cast<int>(config.Integer("acme.per_domain_and_week")),
                .per_account_in_3_hours =
                    static_cast<int>(config.Integer("acme.per_account_in_3_hours"))}};
}

/// What every run needs; `--print-edge-config` alone gets by with the edge's own settings.
Result<void> CheckWhole(const Settings& settings, const config::Config& config)
{
    for (const auto* key :
         {"state_folder", "marketplace.address", "akash.home", "akash.from", "dns.zone",
          "dns.primary", "dns.tsig_file", "edge.address", "edge.wildcard_zone", "acme.email"}) {
        if (config.Text(key).empty())
            return Bad(std::string{"The setting `"} + key + "` is required.");
    }
    if (settings.akash.nodes.empty()) return Bad("The setting `akash.nodes` is required.");
    if (settings.operator_key.empty()) return Bad("The setting `key_file` is required.");
    if (!IsLowerHex(settings.sealing_key.Expose(), 64)) {
        return Bad("The setting `sealing_key_file` has to name a file of 64 hex digits.");
    }
    if (const auto networks = probe::AddressPolicy::Parse(settings.probe.allow_networks);
        !networks) {
        return networks.error();
    }
    const auto& ca_file = settings.marketplace.ca_file;
    if (!ca_file.empty()) {
        if (const auto readable = ReadFile(ca_file); !readable)
            return Bad(readable.error().message);
    }
    if (!IsWithin(settings.public_edge.wildcard_zone, settings.dns.zone)) {
        return Bad("`edge.wildcard_zone` has to be within `dns.zone`.");
    }
    return {};
}

}  // namespace

std::span<const Setting> WorkerSettings() { return kSettings; }

Result<Settings> ReadSettings(const config::Config& config)
{
    Settings settings{.marketplace = {.address = config.Text("marketplace.address"),
                                      .ca_file = config.Text("marketplace.ca_file"),
                                      .plaintext = config.Bool("marketplace.plaintext")},
                      .name = config.Text("name"),
                      .state_folder = config.Text("state_folder"),
                      .ready_file = config.Text("ready_file"),
                      .operator_key = config.SecretOf("key_file"),
                      .sealing_key = config.SecretOf("sealing_key_file"),
                      .resolver = config.Text("resolver"),
                      .slots = static_cast<int>(config.Integer("slots")),
                      .akash = ReadAkash(config),
                      .akash_parallel = static_cast<int>(config.Integer("akash.parallel")),
                      .bid_window = config.Duration("akash.bid_window"),
                      .wallet = ReadWallet(config),
                      .dns = ReadDns(config),
                      .edge = ReadEdge(config),
                      .public_edge = {.address = config.Text("edge.address"),
                                      .port = static_cast<int>(config.Integer("edge.port")),
                                      .wildcard_zone = config.Text("edge.wildcard_zone")},
                      .acme = ReadAcme(config),
                      .probe = {.allow_networks = config.List("probe.allow_networks"),
                                .ca_file = config.Text("probe.ca_file"),
                                .issuer = config.Text("probe.issuer")}};
    if (settings.edge.folder.empty()) return Bad("The setting `edge.folder` is required.");
    if (config.Bool("print_edge_config")) return settings;
    if (const auto whole = CheckWhole(settings, config); !whole) return whole.error();
    return settings;
}

}  // namespace berth::worker
