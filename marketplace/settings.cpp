#include "marketplace/settings.hpp"

#include <array>

namespace berth::marketplace {
namespace {

using config::Setting;
using enum config::Type;

constexpr auto kSettings = std::to_array<Setting>({
    {"address", kText, "127.0.0.1:7443", "where to serve gRPC; port 0 picks a free one"},
    {"ready_file", kText, "", "file that gets `host:port` once it serves"},
    {"authorities", kList, "", "further `host:port` by which callers may know this marketplace"},
    {"tls.certificate_file", kText, "", "PEM chain of the server; empty: plaintext on loopback"},
    {"tls.key_file", kSecretFile, "", "PEM key of the server's certificate"},
    {"insecure", kBool, "false", "serve plaintext beyond loopback, behind a proxy of one's own"},
    {"log_level", kText, "info", "debug, info, warning or error"},

    {"key_file", kSecretFile, "", "the marketplace's Nostr secret key, hex or nsec"},
    {"admins", kList, "", "public keys that set operators and prices"},
    {"finance", kList, "", "public keys that read all books"},
    {"session_lifetime", kDuration, "1h", "how long a session token opens", 60'000, 86'400'000},
    {"marketplace_fee_bps", kInteger, "0", "least share of revenue that a plan leaves, in 1/10000",
     0, 10'000},

    {"database.url", kText, "", "postgresql:// URL; or database.url_file if it holds a password"},
    {"database.url_file", kSecretFile, "", "file with the postgresql:// URL"},
    {"database.connections", kInteger, "8", "connections, and threads that use them", 1, 200},

    {"rails.xrp.url", kText, "", "JSON-RPC of rippled; empty: this rail is not served"},
    {"rails.xrp.account", kText, "", "address that channels pay to"},
    {"rails.xrp.destination_tag", kInteger, "-1", "tag that channels must carry; -1 for none", -1,
     4'294'967'295},
    {"rails.xrp.min_settle_delay", kDuration, "1h", "channels with less are refused", 0},
    {"rails.xrp.redeem_window", kDuration, "6h", "nearer to a channel's end nothing is credited",
     0},
    {"rails.xrp.min_growth", kInteger, "1", "drops by which a claim has to grow", 1},
    {"rails.xrp.network", kText, "xrpl:0", "name of the network, as `xrpl:` and its NetworkID"},

    {"jobs.lease", kDuration, "75s", "how long a job stays with a worker that is silent", 1'000},
    {"jobs.heartbeat", kDuration, "15s", "how often a worker is to call", 200},
    {"jobs.poll", kDuration, "2s", "how long a lost wake-up can go unnoticed", 50},
    {"jobs.retry_first", kDuration, "1s", "wait before the first retry of a step", 10},
    {"wallets.lease", kDuration, "75s", "how long a wallet stays with a worker that is silent",
     1'000},
    {"meter_interval", kDuration, "1h", "between two readings of a lease", 100},
    {"duty_threads", kInteger, "2", "threads that do the marketplace's own jobs", 1, 64},

    {"quote_term", kDuration, "15m", "how long a quoted price holds", 1'000},
    {"price_age_max", kDuration, "1h", "older prices are not quoted with", 1'000},
    {"deposit_uact", kInteger, "5000000", "escrow that a deployment is opened with", 1},
    {"step_budgets", kList, "", "longest time at steps of `provision`: `choose_bid=5m, ...`"},

    {"probe.resolver", kText, "", "`host:port` of the resolver to ask"},
    {"probe.authoritative", kList, "", "`host:port` of the zone's servers"},
    {"probe.ca_file", kText, "", "trust anchors for relays' certificates; empty: the system's"},
    {"probe.allow_networks", kList, "", "private networks that probes may reach, CIDR"},

    {"akash.program", kText, "akash", "the chain's program, to read with"},
    {"akash.home", kText, "", "its home folder; empty: its default"},
    {"akash.nodes", kList, "http://127.0.0.1:26657", "RPC nodes, tried in turn"},
    {"akash.chain_id", kText, "akashnet-2", "the chain that leases are on"},
});

}  // namespace

std::span<const config::Setting> Settings() { return kSettings; }

}  // namespace berth::marketplace
