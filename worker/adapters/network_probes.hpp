#pragma once

#include <string>
#include <vector>

#include "core/probe/relay_probe.hpp"
#include "core/probe/resolver.hpp"
#include "worker/adapters/nsupdate_dns.hpp"
#include "worker/ports/customer_names.hpp"
#include "worker/ports/ingress.hpp"
#include "worker/ports/relay_prober.hpp"

namespace berth::worker {

/// Asks one name server at a time, for NsupdateDns.
Result<std::vector<std::string>> AskOneServer(const std::string& server, const std::string& name,
                                              const std::string& type, Deadline deadline);

/// CustomerNames by a resolver, as everybody else sees them.
class ResolvedCustomerNames final : public CustomerNames {
public:
    /// `resolver` must outlive it.
    explicit ResolvedCustomerNames(const probe::Resolver& resolver) : resolver_{resolver} {}
    Result<void> Check(const CustomerRecord& record, Deadline deadline) override;

private:
    const probe::Resolver& resolver_;
};

/// Ingress over HTTPS, as the edge will use it.
class NetworkIngress final : public Ingress {
public:
    /// `ca_file` empty: the system's issuers.
    NetworkIngress(const probe::Resolver& resolver, int port, std::string ca_file)
        : resolver_{resolver}, port_{port}, ca_file_{std::move(ca_file)}
    {
    }
    Result<void> Check(const std::string& host, Deadline deadline) override;

private:
    const probe::Resolver& resolver_;
    const int port_;
    const std::string ca_file_;
};

/// RelayProber over core/probe.
class NetworkRelayProber final : public RelayProber {
public:
    /// `probe` and `clock` must outlive it. Names within `zone` are compared at its servers.
    NetworkRelayProber(probe::RelayProbe& probe, const Clock& clock, std::string zone,
                       std::string issuer)
        : probe_{probe}, clock_{clock}, zone_{std::move(zone)}, issuer_{std::move(issuer)}
    {
    }
    v1::AcceptanceReport Probe(const RelayToProbe& relay, Deadline deadline) override;

private:
    probe::RelayProbe& probe_;
    const Clock& clock_;
    const std::string zone_;
    const std::string issuer_;
};

}  // namespace berth::worker
