#include "marketplace/configured.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "core/base/file.hpp"
#include "core/config/value.hpp"
#include "core/nostr/published_keys.hpp"
#include "core/rails/xrp.hpp"
#include "marketplace/orders/steps.hpp"

namespace berth::marketplace {
namespace {

std::chrono::seconds Seconds(const config::Config& config, std::string_view setting)
{
    return std::chrono::floor<std::chrono::seconds>(config.Duration(setting));
}

/// `step=duration` of the list `step_budgets`.
std::map<std::string, std::chrono::milliseconds, std::less<>> StepBudgets(
    const config::Config& config)
{
    std::map<std::string, std::chrono::milliseconds, std::less<>> budgets;
    for (const auto& text : config.List("step_budgets")) {
        const auto equals = text.find('=');
        const auto step = text.substr(0, equals);
        const bool known = std::ranges::any_of(orders::kSteps, [&](const orders::StepRow& row) {
            return row.kind == "provision" && row.step == step;
        });
        if (equals == text.npos || !known) {
            throw std::runtime_error("step_budgets: `" + text + "` is not a step and its time");
        }
        budgets[step] = OrThrow(config::ParseDuration(text.substr(equals + 1)));
    }
    return budgets;
}

}  // namespace

std::string DatabaseUrl(const config::Config& config)
{
    const auto& secret = config.SecretOf("database.url_file");
    if (!secret.empty()) return secret.Expose();
    if (config.Text("database.url").empty()) {
        throw std::runtime_error("neither database.url nor database.url_file is set");
    }
    return config.Text("database.url");
}

nostr::SecretKey MarketplaceKey(const config::Config& config)
{
    const auto& text = config.SecretOf("key_file");
    if (text.empty()) throw std::runtime_error("key_file is not set: the marketplace needs a key");
    auto key = OrThrow(nostr::SecretKey::Parse(text.Expose()));
    if (nostr::IsPublishedTestKey(key)) {
        throw std::runtime_error("key_file holds a key that is published in test vectors");
    }
    return key;
}

std::set<std::string> KeysOf(const config::Config& config, std::string_view setting)
{
    std::set<std::string> keys;
    for (const auto& text : config.List(setting)) keys.insert(OrThrow(nostr::ParsePubkey(text)));
    return keys;
}

std::set<std::string> AuthoritiesOf(const std::string& address)
{
    return {address, "localhost" + address.substr(std::min(address.rfind(':'), address.size()))};
}

rpc::Authentication::Options AuthenticationOptions(const config::Config& config)
{
    auto authorities = AuthoritiesOf(config.Text("address"));
    const auto& names = config.List("authorities");
    authorities.insert(names.begin(), names.end());
    return {.admins = KeysOf(config, "admins"),
            .finance = KeysOf(config, "finance"),
            .authorities = std::move(authorities),
            .session_lifetime =
                std::chrono::floor<std::chrono::seconds>(config.Duration("session_lifetime"))};
}

rpc::Server::Options ServerOptions(const config::Config& config)
{
    rpc::Server::Options options;
    options.address = config.Text("address");
    options.insecure = config.Bool("insecure");
    options.key = config.SecretOf("tls.key_file");
    const auto& certificate = config.Text("tls.certificate_file");
    if (!certificate.empty()) options.certificate = OrThrow(ReadFile(certificate));
    return options;
}

std::vector<std::string> ResolversOf(const config::Config& config)
{
    const auto& resolver = config.Text("probe.resolver");
    if (resolver.empty()) return {};
    return {resolver};
}

akash::AkashPrograms ChainPrograms(const config::Config& config)
{
    akash::AkashPrograms programs;
    programs.akash = config.Text("akash.program");
    programs.home = config.Text("akash.home");
    programs.chain_id = config.Text("akash.chain_id");
    programs.nodes = config.List("akash.nodes");
    return programs;
}

probe::NetworkRelayProbe::Options ProbeOptions(const config::Config& config)
{
    probe::NetworkRelayProbe::Options options;
    options.authoritative_servers = config.List("probe.authoritative");
    options.resolvers = ResolversOf(config);
    options.addresses = OrThrow(probe::AddressPolicy::Parse(config.List("probe.allow_networks")));
    options.ca_file = config.Text("probe.ca_file");
    return options;
}

orders::Settings OrderSettings(const config::Config& config, const std::string& marketplace)
{
    orders::Settings settings;
    settings.marketplace = marketplace;
    if (config.Text("rails.xrp.url").empty()) settings.rails = {};
    settings.quote_term = Seconds(config, "quote_term");
    settings.price_age_max = Seconds(config, "price_age_max");
    settings.meter_interval = config.Duration("meter_interval");
    settings.deposit_uact = config.Integer("deposit_uact");
    settings.step_budgets = StepBudgets(config);
    return settings;
}

queue::Settings QueueSettings(const config::Config& config)
{
    queue::Settings settings;
    settings.lease = config.Duration("jobs.lease");
    settings.heartbeat = config.Duration("jobs.heartbeat");
    settings.wallet_lease = config.Duration("wallets.lease");
    settings.poll = config.Duration("jobs.poll");
    settings.retry_first = config.Duration("jobs.retry_first");
    if (settings.heartbeat * 2 > settings.lease) {
        throw std::runtime_error("jobs.heartbeat is to be at most half of jobs.lease");
    }
    return settings;
}

payments::Settings PaymentSettings(const config::Config& config, const std::string& marketplace)
{
    payments::Settings settings;
    settings.marketplace = marketplace;
    settings.payee = config.Text("rails.xrp.account");
    settings.network = config.Text("rails.xrp.network");
    settings.policy.min_growth = config.Integer("rails.xrp.min_growth");
    settings.policy.min_settle_delay = Seconds(config, "rails.xrp.min_settle_delay");
    settings.policy.redeem_window = Seconds(config, "rails.xrp.redeem_window");
    const auto tag = config.Integer("rails.xrp.destination_tag");
    if (tag >= 0) settings.destination_tag = static_cast<std::uint32_t>(tag);
    const bool served = !config.Text("rails.xrp.url").empty();
    if (served && !rails::FromXrpAddress(settings.payee)) {
        throw std::runtime_error("rails.xrp.account is not a classic XRP Ledger address");
    }
    return settings;
}

operators::Settings OperatorSettings(const config::Config& config, const std::string& marketplace)
{
    return {.marketplace = marketplace,
            .admins = KeysOf(config, "admins"),
            .marketplace_fee_bps = config.Integer("marketplace_fee_bps")};
}

}  // namespace berth::marketplace
