#include "akash/sandbox/node/network.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/cli_manifest.hpp"
#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/keys.hpp"
#include "akash/sandbox/chain/messages.hpp"
#include "akash/sandbox/provider/inventory.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

std::string Text(const json::value& value)
{
    const auto& text = value.as_string();
    return std::string{text.data(), text.size()};
}

std::string TextOr(const json::object& object, std::string_view key, const std::string& fallback)
{
    const auto* found = object.if_contains(key);
    return found ? Text(*found) : fallback;
}

int IntegerOr(const json::object& object, std::string_view key, int fallback)
{
    const auto* found = object.if_contains(key);
    return found ? std::stoi(Text(*found)) : fallback;
}

/// `500uakt` as a faucet operation for `address`. Throws QueryRefused.
json::object FaucetOperation(const std::string& address, const std::string& coin)
{
    const auto split = coin.find_first_not_of("0123456789");
    if (split == coin.npos || !Amount::Parse(coin.substr(0, split)) ||
        !AddressFault(address).empty()) {
        throw QueryRefused{"a faucet needs an address and a coin such as 5000000uact"};
    }
    return {{"faucet", json::object{{"address", address},
                                    {"denom", coin.substr(split)},
                                    {"amount", coin.substr(0, split)}}}};
}

/// The address that signed a gateway request; empty where the signature is wrong.
std::string SignerOfRequest(const json::object& params)
{
    const auto pubkey = FromBase64(TextOr(params, "pubkey", "")).value_or("");
    const auto signature = FromBase64(TextOr(params, "signature", "")).value_or("");
    const auto issued = TextOr(params, "issued", "");
    return VerifyMessage(pubkey, "berth-sandbox-gateway:" + issued, signature) ? AddressOf(pubkey)
                                                                               : "";
}

json::object ErrorOf(const std::string& text) { return {{"error", text}}; }

json::object Failure(const std::string& provider, const std::string& error,
                     const std::string& detail)
{
    json::object entry{{"provider", provider}, {"status", "FAIL"}, {"error", error}};
    if (!detail.empty()) entry["errorMessage"] = detail;
    return entry;
}

/// Names of the services whose containers have started.
json::array StartedServices(const json::value& status)
{
    json::array names;
    for (const auto& [name, service] : status.at("services").as_object()) {
        if (service.at("available").to_number<int>() > 0) names.push_back(json::string{name});
    }
    return names;
}

std::string DialError(const std::string& method, const std::string& path)
{
    return method + " \"https://127.0.0.1:9" + path +
           "\": dial tcp 127.0.0.1:9: connect: connection refused";
}

}  // namespace

UnorderedSupport ParseUnordered(const std::string& word)
{
    if (word == "yes") return UnorderedSupport::kYes;
    if (word == "no") return UnorderedSupport::kRefused;
    if (word == "unknown") return UnorderedSupport::kUnknown;
    throw QueryRefused{"unordered transactions are `yes`, `no` or `unknown`, not `" + word + "`"};
}

Network::Network(Settings settings, Workloads& workloads)
    : settings_{std::move(settings)},
      workloads_{workloads},
      providers_{DefaultProviders()},
      chain_{settings_.chain_id},
      log_{settings_.folder / "blocks.jsonl"}
{
    chain_.SetUnordered(settings_.unordered);
    log_.Replay(chain_);
    chain_.MarkRestarted();
    node_faults_.blocks_stopped = settings_.blocks_stopped;
    if (chain_.height() > 0) return;
    for (const auto& entry : settings_.genesis) {
        const auto equals = entry.find('=');
        if (equals == entry.npos) throw std::runtime_error{"A genesis entry is ADDRESS=COIN+COIN."};
        for (auto coins = entry.substr(equals + 1); !coins.empty();) {
            const auto plus = coins.find('+');
            chain_.Enqueue(FaucetOperation(entry.substr(0, equals), coins.substr(0, plus)));
            coins = plus == coins.npos ? "" : coins.substr(plus + 1);
        }
    }
    for (auto& operation : ProviderGenesis(providers_)) chain_.Enqueue(std::move(operation));
}

void Network::MakeBlock(std::int64_t time_ns)
{
    for (auto& move : ProviderMoves(chain_, providers_, provider_faults_, settings_.block_time)) {
        chain_.Enqueue(std::move(move));
    }
    const auto block = chain_.NextBlock(std::max(time_ns, chain_.time_ns() + 1));
    log_.Append(block);
    chain_.Apply(block);
    std::vector<akash::LeaseId> alive;
    for (const auto& [id, deployment] : chain_.state().deployments) {
        for (const auto& lease : deployment.leases) {
            if (lease.state == "active") alive.push_back(lease.id);
        }
    }
    workloads_.KeepOnly(alive);
}

const ProviderProfile* Network::ProviderOf(const std::string& address) const
{
    const auto found = std::find_if(providers_.begin(), providers_.end(),
                                    [&](const auto& one) { return one.address == address; });
    return found == providers_.end() ? nullptr : &*found;
}

std::optional<json::object> Network::SendManifest(const json::object& params,
                                                  const std::string& owner)
{
    const auto dseq = std::stoull(Text(params.at("dseq")));
    const auto found = chain_.state().deployments.find({owner, dseq});
    json::array answer;
    if (found != chain_.state().deployments.end()) {
        const auto& deployment = found->second;
        const auto& manifest = params.at("manifest");
        for (const auto& lease : deployment.leases) {
            if (lease.state != "active") continue;
            const auto& provider = lease.id.provider;
            const auto* profile = ProviderOf(provider);
            const auto path = "/deployment/" + std::to_string(dseq) + "/manifest";
            if (!profile || provider_faults_.down.contains(profile->name)) {
                answer.push_back(Failure(provider, DialError("Put", path), ""));
            } else if (provider_faults_.hanging.contains(profile->name)) {
                return std::nullopt;
            } else if (provider_faults_.failing.contains(profile->name)) {
                answer.push_back(
                    Failure(provider, "remote server returned 500", "internal error\n"));
            } else if (akash::ManifestHashHex(manifest) != ToHex(deployment.hash)) {
                answer.push_back(Failure(provider, "remote server returned 422",
                                         "manifest version validation failed\n"));
            } else {
                workloads_.Deliver(lease.id, manifest.as_array().at(lease.id.gseq - 1));
                answer.push_back(json::object{{"provider", provider}, {"status", "PASS"}});
            }
        }
    }
    if (answer.empty()) return ErrorOf("no active leases found for dseq=" + std::to_string(dseq));
    return json::object{{"result", answer}};
}

json::value Network::LeaseStatus(const akash::LeaseId& lease, const ProviderProfile& provider) const
{
    json::object services;
    json::object ports;
    int next_port = 31'000;
    for (const auto& [name, view] : workloads_.Status(lease)) {
        json::value uris;
        if (view.http) {
            json::array hosts;
            hosts.push_back(json::string{Workloads::IngressLabel(lease, name) + ".ingress." +
                                         provider.name + ".akash.test"});
            for (const auto& host : view.hosts) hosts.push_back(json::string{host});
            uris = hosts;
        }
        services[name] = json::object{{"name", name},
                                      {"available", view.available},
                                      {"total", view.total},
                                      {"uris", uris},
                                      {"observed_generation", 1},
                                      {"replicas", view.total},
                                      {"updated_replicas", view.total},
                                      {"ready_replicas", view.available},
                                      {"available_replicas", view.available}};
        json::array forwarded;
        for (const auto& [port, protocol] : view.forwarded) {
            forwarded.push_back(json::object{{"host", "provider." + provider.name + ".akash.test"},
                                             {"port", port},
                                             {"externalPort", next_port++},
                                             {"proto", protocol},
                                             {"name", name}});
        }
        if (!forwarded.empty()) ports[name] = forwarded;
    }
    return json::object{{"services", services}, {"forwarded_ports", ports}, {"ips", nullptr}};
}

std::optional<json::object> Network::Gateway(const std::string& method, const json::object& params)
{
    if (method == "provider_status") return ProviderStatus(TextOr(params, "provider", ""));
    const auto owner = SignerOfRequest(params);
    if (owner.empty()) return ErrorOf("remote server returned 401");
    if (method == "send_manifest") return SendManifest(params, owner);

    akash::LeaseId lease = ReadLeaseId(params.at("lease"));
    lease.owner = owner;
    const auto* provider = ProviderOf(lease.provider);
    if (!provider) {
        return ErrorOf(
            "rpc error: code = NotFound desc = invalid provider: address not found: key not found");
    }
    const auto path = "/lease/" + std::to_string(lease.dseq) + "/" + std::to_string(lease.gseq) +
                      "/" + std::to_string(lease.oseq) + "/status";
    if (provider_faults_.hanging.contains(provider->name)) return std::nullopt;
    const auto url = TextOr(params, "provider_url", "");
    if (!url.empty() && url != HostUri(*provider)) {  // Another gateway, which has no such lease.
        return ErrorOf("remote server returned 404");
    }
    if (method == "lease_logs") {  // The real program says nothing when the provider is down.
        json::object logs;
        if (provider_faults_.down.contains(provider->name)) return json::object{{"result", logs}};
        const auto status = workloads_.Status(lease);
        for (const auto& [name, lines] : workloads_.Logs(lease)) {
            json::array texts;
            for (const auto& line : lines) texts.push_back(json::string{line});
            logs[name] = texts;
        }
        return json::object{{"result", logs}};
    }
    if (provider_faults_.down.contains(provider->name)) return ErrorOf(DialError("Get", path));
    if (!workloads_.Has(lease)) return ErrorOf("remote server returned 404");
    const auto status = LeaseStatus(lease, *provider);
    if (method == "lease_events") return json::object{{"result", StartedServices(status)}};
    if (method != "service_status") return json::object{{"result", status}};
    const auto* service = status.at("services").as_object().if_contains(Text(params.at("service")));
    if (!service) {
        return json::object{
            {"error", "remote server returned 404"},
            {"detail", "provider error messsage:\nkube: no service for that lease\n"}};
    }
    return json::object{{"result", *service}};
}

std::optional<json::object> Network::ProviderStatus(const std::string& address) const
{
    const auto* provider = ProviderOf(address);
    if (!provider) return ErrorOf("invalid provider: address not found");
    if (provider_faults_.hanging.contains(provider->name)) return std::nullopt;
    if (provider_faults_.down.contains(provider->name)) return ErrorOf(DialError("Get", "/status"));
    return json::object{{"result", InventoryJson(chain_, *provider)}};
}

json::value Network::Control(const std::string& command, const json::object& params)
{
    const auto toggle = [&](std::set<std::string>& names) {
        const auto name = TextOr(params, "provider", "");
        const bool known = std::any_of(providers_.begin(), providers_.end(),
                                       [&](const auto& one) { return one.name == name; });
        if (!known) throw QueryRefused{"no such provider: " + name};
        if (TextOr(params, "on", "true") == "true") {
            names.insert(name);
        } else {
            names.erase(name);
        }
    };
    const bool on = TextOr(params, "on", "true") == "true";
    if (command == "faucet") {
        chain_.Enqueue(FaucetOperation(TextOr(params, "address", ""), TextOr(params, "coin", "")));
    } else if (command == "node") {
        node_faults_.mode = TextOr(params, "mode", "");
    } else if (command == "lose-answers") {
        node_faults_.lost_answers = IntegerOr(params, "count", 1);
    } else if (command == "reject") {
        node_faults_.rejected = IntegerOr(params, "count", 1);
        node_faults_.rejection = {.codespace = TextOr(params, "codespace", "sdk"),
                                  .code = IntegerOr(params, "code", 20),
                                  .raw_log = TextOr(params, "log", "mempool is full"),
                                  .events = {}};
    } else if (command == "unordered") {
        chain_.SetUnordered(ParseUnordered(TextOr(params, "mode", "no")));
    } else if (command == "stop-blocks") {
        node_faults_.blocks_stopped = on;
    } else if (command == "no-bids") {
        provider_faults_.no_bids = on;
    } else if (command == "no-withdrawals") {
        provider_faults_.no_withdrawals = on;
    } else if (command == "late-bids") {
        provider_faults_.extra_bid_blocks = IntegerOr(params, "blocks", 0);
    } else if (command == "provider-down") {
        toggle(provider_faults_.down);
    } else if (command == "provider-hang") {
        toggle(provider_faults_.hanging);
    } else if (command == "manifest-500") {
        toggle(provider_faults_.failing);
    } else if (command == "heal") {
        node_faults_ = {};
        provider_faults_ = {};
        chain_.SetUnordered(settings_.unordered);
    } else if (command != "show") {
        throw QueryRefused{"unknown control command " + command};
    }
    json::array names;
    for (const auto& one : providers_) {
        names.push_back(json::object{{"name", one.name}, {"address", one.address}});
    }
    return json::object{
        {"height", chain_.height()}, {"pending", chain_.pending_count()}, {"providers", names}};
}

}  // namespace berth::sandbox
