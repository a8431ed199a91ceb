#include "core/probe/relay_probe.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"
#include "core/probe/check_list.hpp"
#include "core/probe/http_client.hpp"
#include "core/probe/nostr_checks.hpp"

namespace berth::probe {
namespace {

namespace json = boost::json;

std::string Join(const std::vector<std::string>& items)
{
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
    return text;
}

/// One run of a probe.
class Prober {
public:
    Prober(const NetworkRelayProbe::Options& options, const ProbeRequest& request, Time now)
        : options_{options}, request_{request}, resolver_{options.resolvers}, now_{now}
    {
    }

    bool ReachRelay(CheckList& list);
    void CheckHttp(CheckList& list) const;
    Endpoint RelayEndpoint() const;
    std::string ConnectAddress() const
    {
        if (address_.empty()) return {};
        const auto host = address_.find(':') == std::string::npos ? address_ : "[" + address_ + "]";
        return host + ":" +
               std::to_string(request_.connect_port ? request_.connect_port : url_.port);
    }

private:
    Result<std::string> ReadAddress();
    Result<std::string> ResolveName(Deadline deadline);
    Result<std::string> CompareServers(Deadline deadline) const;
    Result<std::string> AllowAddress();
    Result<std::string> CheckCertificate(Deadline deadline) const;
    Result<std::string> CheckHealth(Deadline deadline) const;
    Result<std::string> CheckLimits(Deadline deadline) const;
    Result<std::string> CheckDashboard(bool with_password, Deadline deadline) const;
    Result<std::vector<std::string>> Follow(Addresses answer, Deadline deadline) const;
    Result<HttpResponse> Get(const std::string& path, std::map<std::string, std::string> headers,
                             Deadline deadline) const;

    const NetworkRelayProbe::Options& options_;
    const ProbeRequest& request_;
    const Resolver resolver_;
    const Time now_;
    Url url_;
    Addresses resolved_;
    std::string address_;
};

bool Prober::ReachRelay(CheckList& list)
{
    if (!list.Run("url", [&](Deadline) { return ReadAddress(); })) return false;
    if (!list.Run("dns", [&](Deadline deadline) { return ResolveName(deadline); })) return false;
    if (request_.checks_authoritative && !options_.authoritative_servers.empty()) {
        list.Run("dns_agrees", [&](Deadline deadline) { return CompareServers(deadline); });
    }
    return list.Run("address_allowed", [&](Deadline) { return AllowAddress(); }) &&
           list.Run("certificate", [&](Deadline deadline) { return CheckCertificate(deadline); });
}

void Prober::CheckHttp(CheckList& list) const
{
    list.Run("health", [&](Deadline deadline) { return CheckHealth(deadline); });
    list.Run("nip11", [&](Deadline deadline) { return CheckLimits(deadline); });
    if (!request_.has_dashboard) return;
    list.Run("dashboard_refuses",
             [&](Deadline deadline) { return CheckDashboard(false, deadline); });
    if (!request_.dashboard_password) return;
    list.Run("dashboard_serves", [&](Deadline deadline) { return CheckDashboard(true, deadline); });
}

Endpoint Prober::RelayEndpoint() const
{
    return {.host = url_.host,
            .port = url_.port,
            .tls = true,
            .connect_address = address_,
            .connect_port = request_.connect_port,
            .ca_file = options_.ca_file};
}

Result<std::string> Prober::ReadAddress()
{
    const auto url = ParseUrl(request_.relay_url);
    if (!url) return url.error();
    if (!request_.relay_url.starts_with("wss://") || url->target != "/") {
        return Refused("BAD_RELAY_URL", "A relay's address is wss://name[:port].");
    }
    url_ = *url;
    return url_.host;
}

Result<std::string> Prober::ResolveName(Deadline deadline)
{
    auto found = resolver_.Resolve(url_.host, deadline);
    if (!found) return found.error();
    resolved_ = std::move(*found);
    address_ = resolved_.addresses.front();
    return Join(resolved_.addresses);
}

/// Where a server's own answer ends at an alias, the resolver goes on from there.
Result<std::vector<std::string>> Prober::Follow(Addresses answer, Deadline deadline) const
{
    if (!answer.addresses.empty()) return answer.addresses;
    auto followed = resolver_.Resolve(answer.aliases.back(), deadline);
    if (!followed) return followed.error();
    return followed->addresses;
}

Result<std::string> Prober::CompareServers(Deadline deadline) const
{
    for (const auto& server : options_.authoritative_servers) {
        auto answer = Resolver{{server}}.ResolveOnce(url_.host, deadline);
        if (!answer) return answer.error();
        const auto addresses = Follow(std::move(*answer), deadline);
        if (!addresses) return addresses.error();
        if (*addresses != resolved_.addresses) {
            return Refused("DNS_DISAGREES", server + " says " + Join(*addresses) +
                                                ", the resolver " + Join(resolved_.addresses));
        }
    }
    return std::to_string(options_.authoritative_servers.size()) + " authoritative servers agree";
}

Result<std::string> Prober::AllowAddress()
{
    for (const auto& address : resolved_.addresses) {
        if (options_.addresses.Allows(address)) continue;
        address_.clear();
        return Refused("ADDRESS_REFUSED", address + " is private or special.");
    }
    return address_;
}

Result<std::string> Prober::CheckCertificate(Deadline deadline) const
{
    const auto connection = Connection::Open(RelayEndpoint(), deadline);
    if (!connection) return connection.error();
    const auto& certificate = (*connection)->certificate();
    if (!certificate) return Refused("NO_CERTIFICATE", "The server shows no certificate.");
    if (certificate->issuer.find(request_.expected_issuer) == std::string::npos) {
        return Refused("WRONG_ISSUER", "Issued by " + certificate->issuer + ".");
    }
    const auto left = certificate->not_after - now_;
    if (left < options_.certificate_left) {
        return Refused("CERTIFICATE_ENDS",
                       "Valid until " + FormatTime(certificate->not_after) + ".");
    }
    return "issued by " + certificate->issuer + ", valid until " +
           FormatTime(certificate->not_after) + ", sha256 " + certificate->fingerprint;
}

Result<HttpResponse> Prober::Get(const std::string& path,
                                 std::map<std::string, std::string> headers,
                                 Deadline deadline) const
{
    const auto host = url_.host.find(':') == std::string::npos ? url_.host : "[" + url_.host + "]";
    return Fetch({.method = "GET",
                  .url = "https://" + host + ":" + std::to_string(url_.port) + path,
                  .headers = std::move(headers),
                  .body = {}},
                 {.connect_address = address_,
                  .connect_port = request_.connect_port,
                  .resolver = nullptr,
                  .ca_file = options_.ca_file,
                  .body_limit = 256 * 1024},
                 deadline);
}

Error UnexpectedStatus(int status)
{
    return Refused("UNEXPECTED_STATUS", "The answer has status " + std::to_string(status) + ".");
}

Result<std::string> Prober::CheckHealth(Deadline deadline) const
{
    const auto response = Get("/health", {}, deadline);
    if (!response) return response.error();
    if (response->status != 200) return UnexpectedStatus(response->status);
    const auto body = ParseJsonStrict(response->body);
    if (!body) return body.error();
    const auto* object = body->if_object();
    const auto* status = object ? object->if_contains("status") : nullptr;
    if (!status || !status->is_string()) return Refused("BAD_HEALTH", "/health names no status.");
    return std::string{status->get_string()};
}

Result<std::string> Prober::CheckLimits(Deadline deadline) const
{
    const auto response = Get("/", {{"Accept", "application/nostr+json"}}, deadline);
    if (!response) return response.error();
    if (response->status != 200) return UnexpectedStatus(response->status);
    const auto body = ParseJsonStrict(response->body);
    if (!body) return body.error();
    const auto* object = body->if_object();
    if (!object) return Refused("BAD_NIP11", "The relay does not describe itself.");
    const auto* limits = object->if_contains("limitation");
    for (const auto& [name, expected] : request_.expected_limits) {
        const auto* found =
            limits && limits->is_object() ? limits->get_object().if_contains(name) : nullptr;
        if (found && *found == expected) continue;
        return Refused("LIMIT_DIFFERS", std::string{name} + " is " +
                                            (found ? json::serialize(*found) : "missing") +
                                            ", not " + json::serialize(expected) + ".");
    }
    return std::to_string(request_.expected_limits.size()) + " limits as promised";
}

Result<std::string> Prober::CheckDashboard(bool with_password, Deadline deadline) const
{
    std::map<std::string, std::string> headers;
    if (with_password) {
        headers["Authorization"] = "Basic " + ToBase64(request_.dashboard_user + ":" +
                                                       request_.dashboard_password->Expose());
    }
    const auto response = Get("/dashboard", std::move(headers), deadline);
    if (!response) return response.error();
    if (response->status != (with_password ? 200 : 401)) return UnexpectedStatus(response->status);
    return std::to_string(response->status);
}

}  // namespace

NetworkRelayProbe::NetworkRelayProbe(Options options, const nostr::SecretKey& key,
                                     const Clock& clock)
    : options_{std::move(options)}, key_{key}, clock_{clock}
{
}

ProbeReport NetworkRelayProbe::Run(const ProbeRequest& request, Deadline deadline)
{
    CheckList list{deadline, options_.step_limit};
    const auto now = clock_.Now();
    Prober prober{options_, request, now};
    ProbeReport report;
    if (prober.ReachRelay(list)) {
        prober.CheckHttp(list);
        NostrChecks nostr{prober.RelayEndpoint(), request.relay_url, key_, now};
        report.accepted = nostr.Run(list) && list.AllPassed();
        report.nonce_event_id = nostr.nonce_event_id();
    }
    report.connect_address = prober.ConnectAddress();
    report.checks = list.Take();
    return report;
}

}  // namespace berth::probe
