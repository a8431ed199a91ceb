#include "worker/adapters/network_probes.hpp"

#include <algorithm>

#include "core/probe/http_client.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {
namespace {

constexpr int kAliasesMax = 8;

boost::json::object ExpectedLimits(const v1::RelayLimits& limits)
{
    boost::json::object expected{{"auth_required", limits.auth_required()}};
    const auto add = [&](const char* name, std::int64_t value) {
        if (value > 0) expected[name] = value;
    };
    add("max_message_length", limits.max_message_bytes());
    add("max_subscriptions", limits.max_subscriptions());
    add("max_limit", limits.max_limit());
    return expected;
}

Result<std::vector<std::string>> NoneOrDown(const std::string& server, const Error& error)
{
    if (error.code == ErrorCode::kNotFound) return std::vector<std::string>{};
    return Fail(ErrorCode::kUnavailable, "DNS_UNAVAILABLE",
                server + " does not answer: " + error.message);
}

}  // namespace

Result<std::vector<std::string>> AskOneServer(const std::string& server, const std::string& name,
                                              const std::string& type, Deadline deadline)
{
    const probe::Resolver resolver{{server}};
    const auto limit = deadline.AtMost(std::chrono::seconds{5});
    if (type == "CNAME") {  // Wherever it leads.
        const auto target = resolver.Alias(name, limit);
        if (!target) return NoneOrDown(server, target.error());
        return std::vector{*target};
    }
    const auto found = resolver.ResolveOnce(name, limit);
    if (!found) return NoneOrDown(server, found.error());
    std::vector<std::string> values;
    if (!found->aliases.empty()) return values;  // The addresses are another name's.
    const bool wants_v6 = type == "AAAA";
    std::copy_if(
        found->addresses.begin(), found->addresses.end(), std::back_inserter(values),
        [&](const auto& address) { return (address.find(':') != std::string::npos) == wants_v6; });
    return values;
}

Result<void> ResolvedCustomerNames::Check(const CustomerRecord& record, Deadline deadline)
{
    const auto limit = deadline.AtMost(std::chrono::seconds{5});
    std::string leads_to;
    for (int alias = 0; alias < kAliasesMax; ++alias) {
        const auto target = resolver_.Alias(alias == 0 ? record.name : leads_to, limit);
        if (!target && target.error().code != ErrorCode::kNotFound) {
            return Fail(ErrorCode::kUnavailable, "DNS_UNAVAILABLE", target.error().message);
        }
        if (!target) break;
        leads_to = *target;
        if (leads_to == record.target) return {};
    }
    return Fail(
        ErrorCode::kPrecondition, "CNAME_MISSING",
        "The record `" + record.name + " CNAME " + record.target + "` is missing: " +
            (leads_to.empty() ? "there is none of that name." : "it leads to " + leads_to + "."));
}

Result<void> NetworkIngress::Check(const std::string& host, Deadline deadline)
{
    if (!IsHostName(host)) {
        return Fail(ErrorCode::kInvalid, "BAD_DNS_NAME", "The provider's host name is none.");
    }
    const auto response = probe::Fetch(
        {.url = "https://" + host + ":" + std::to_string(port_) + "/health"},
        {.resolver = &resolver_, .ca_file = ca_file_, .body_limit = 64 * 1024}, deadline);
    if (!response) {
        return Fail(ErrorCode::kUnavailable, "INGRESS_NOT_READY",
                    response.error().reason + ": " + response.error().message);
    }
    if (response->status != 200) {
        return Fail(ErrorCode::kUnavailable, "INGRESS_NOT_READY",
                    "The ingress answers with " + std::to_string(response->status) + ".");
    }
    return {};
}

v1::AcceptanceReport NetworkRelayProber::Probe(const RelayToProbe& relay, Deadline deadline)
{
    probe::ProbeRequest request{.relay_url = "wss://" + relay.hostname,
                                .connect_port = relay.port,
                                .expected_limits = ExpectedLimits(relay.limits),
                                .expected_issuer = issuer_,
                                .dashboard_password = relay.dashboard_password,
                                .checks_authoritative = IsWithin(relay.hostname, zone_)};
    const auto proven = probe_.Run(request, deadline);
    v1::AcceptanceReport report;
    report.set_accepted(proven.accepted);
    report.set_prober("worker");
    report.set_time(clock_.Now().time_since_epoch().count());
    report.set_nonce_event(proven.nonce_event_id);
    report.set_connect_address(proven.connect_address);
    for (const auto& check : proven.checks) {
        auto& line = *report.add_checks();
        line.set_name(check.name);
        line.set_passed(check.passed);
        line.set_detail(check.detail);
        line.set_latency_micros(check.latency.count());
    }
    return report;
}

}  // namespace berth::worker
