#include "worker/provision/relay_terms.hpp"

namespace berth::worker {
namespace {

using money::Amount;
using money::Int128;

constexpr Int128 kE8 = 100'000'000;
constexpr Int128 kE18 = 1'000'000'000'000'000'000;
constexpr Int128 kMonthMillis = Int128{2'592'000} * 1000;

Secret Text(std::string text) { return Secret{std::move(text)}; }

std::map<std::string, Secret> RelayEnvironment(const v1::JobOrder& order,
                                               const NamedSecrets& secrets, const RelayTerms& terms)
{
    const auto& limits = order.plan().limits();
    const auto& host = order.custom_hostname().empty() ? order.hostname() : order.custom_hostname();
    std::map<std::string, Secret> environment{
        {"BERTH_RELAY_DATABASE_URL",
         Text("postgresql://relay:" + secrets.at(kPostgresPassword).Expose() +
              "@postgres:5432/relay")},
        {"BERTH_RELAY_DASHBOARD_PASSWORD", secrets.at(kDashboardPassword)},
        {"BERTH_RELAY_ALLOWED_WRITERS",
         Text(terms.marketplace + "," + terms.operator_key + "," + order.customer())},
        {"BERTH_RELAY_PUBKEY", Text(order.customer())},
        {"BERTH_RELAY_URL", Text("wss://" + host)},
        {"BERTH_RELAY_AUTH_REQUIRED", Text(limits.auth_required() ? "true" : "false")},
        // Behind edge and ingress all clients have one address.
        {"BERTH_RELAY_CONNECTIONS_PER_ADDRESS", Text("0")},
        {"BERTH_RELAY_EVENTS_PER_ADDRESS", Text("0")},
        {"BERTH_RELAY_REQUESTS_PER_ADDRESS", Text("0")}};
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty() && value != "0") environment.emplace(name, Text(value));
    };
    set("BERTH_RELAY_NAME", order.relay_name());
    set("BERTH_RELAY_DESCRIPTION", order.relay_description());
    set("BERTH_RELAY_MAX_MESSAGE_BYTES", std::to_string(limits.max_message_bytes()));
    set("BERTH_RELAY_MAX_SUBSCRIPTIONS", std::to_string(limits.max_subscriptions()));
    set("BERTH_RELAY_MAX_FILTERS", std::to_string(limits.max_filters()));
    set("BERTH_RELAY_MAX_LIMIT", std::to_string(limits.max_limit()));
    return environment;
}

std::map<std::string, Secret> PostgresEnvironment(const v1::JobOrder& order,
                                                  const NamedSecrets& secrets)
{
    std::map<std::string, Secret> environment{{"POSTGRES_USER", Text("relay")},
                                              {"POSTGRES_DB", Text("relay")},
                                              {"POSTGRES_PASSWORD", secrets.at(kPostgresPassword)}};
    if (!order.plan().resources().storage_class().empty()) {
        environment.emplace("PGDATA", Text(akash::kPostgresFolder));
    }
    return environment;
}

/// Whole MiB that hold the largest message, as far as an ingress takes it.
std::int64_t BodyBytes(const v1::RelayLimits& limits)
{
    constexpr std::int64_t kMiB = 1 << 20;
    const auto whole = (limits.max_message_bytes() + kMiB - 1) / kMiB * kMiB;
    return std::max(whole, akash::kIngressBodyBytes);
}

}  // namespace

std::optional<Amount> WholePriceE8(const v1::JobOrder& order, std::string_view denom)
{
    if (denom == "uact") {
        return order.act_price_usd_e8() > 0 ? Amount{order.act_price_usd_e8()}
                                            : Amount::FromRaw(kE8);
    }
    if (denom == "uakt" && order.akt_price_usd_e8() > 0) return Amount{order.akt_price_usd_e8()};
    return std::nullopt;
}

Result<Amount> CeilingPerBlockE18(const v1::JobOrder& order, std::string_view denom,
                                  std::chrono::milliseconds block_time)
{
    const auto price = WholePriceE8(order, denom);
    if (!price) {
        return Fail(ErrorCode::kPrecondition, "NO_PRICE",
                    "The marketplace has no price of " + std::string{denom} +
                        ", so that no ceiling of a lease can be told in it.");
    }
    return MulDiv(Amount{order.ceiling_lease_usd_micros()},
                  Amount::FromRaw(kE18 * kE8 * block_time.count()),
                  Amount::FromRaw(price->raw() * kMonthMillis), money::Rounding::kFloor);
}

Result<akash::RelayDeployment> DeploymentOf(const v1::JobOrder& order, const NamedSecrets& secrets,
                                            const RelayTerms& terms,
                                            std::chrono::milliseconds block_time)
{
    if (!secrets.contains(kPostgresPassword) || !secrets.contains(kDashboardPassword)) {
        return Fail(ErrorCode::kPrecondition, "SECRETS_MISSING",
                    "The order's secrets have not been made yet.");
    }
    const auto ceiling = CeilingPerBlockE18(order, terms.denom, block_time);
    if (!ceiling) return ceiling.error();
    const auto& plan = order.plan();
    return akash::RelayDeployment{.relay_image = plan.image(),
                                  .postgres_image = plan.postgres_image(),
                                  .cpu_millis = plan.resources().cpu_millis(),
                                  .memory_bytes = plan.resources().memory_bytes(),
                                  .storage_bytes = plan.resources().storage_bytes(),
                                  .storage_class = plan.resources().storage_class(),
                                  .accept_hosts = {},
                                  .body_bytes = BodyBytes(plan.limits()),
                                  .relay_environment = RelayEnvironment(order, secrets, terms),
                                  .postgres_environment = PostgresEnvironment(order, secrets),
                                  .denom = terms.denom,
                                  .ceiling_per_block_e18 = *ceiling,
                                  .required_attributes = {}};
}

}  // namespace berth::worker
