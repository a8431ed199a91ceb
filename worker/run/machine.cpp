#include "worker/run/machine.hpp"

#include "worker/provision/await_service.hpp"
#include "worker/provision/choose_bid.hpp"
#include "worker/provision/create_deployment.hpp"
#include "worker/provision/create_lease.hpp"
#include "worker/provision/issue_certificate.hpp"
#include "worker/provision/prepare.hpp"
#include "worker/provision/publish_dns.hpp"
#include "worker/provision/send_manifest.hpp"
#include "worker/provision/verify_relay.hpp"
#include "worker/upkeep/close_deployment.hpp"
#include "worker/upkeep/meter_lease.hpp"
#include "worker/upkeep/remove_edge.hpp"
#include "worker/upkeep/renew_certificate.hpp"

namespace berth::worker {
namespace {

constexpr int kSmallPrograms = 8;

std::vector<std::string> Servers(const std::string& resolver)
{
    return resolver.empty() ? std::vector<std::string>{} : std::vector{resolver};
}

probe::NetworkRelayProbe::Options ProbeOptions(const Settings& settings)
{
    return {.authoritative_servers = settings.dns.servers,
            .resolvers = Servers(settings.resolver),
            .addresses = probe::AddressPolicy::Parse(settings.probe.allow_networks).value(),
            .ca_file = settings.probe.ca_file};
}

}  // namespace

Machine::Machine(const Settings& settings, OrderSealer order_sealer, const nostr::SecretKey& key)
    : chain_programs{settings.akash_parallel},
      small_programs{kSmallPrograms},
      sealer{std::move(order_sealer)},
      operator_key{key},
      chain{chain_programs, settings.akash},
      signer{chain_programs, settings.akash, clock},
      manifests{chain_programs, settings.akash},
      gateway{chain_programs, settings.akash},
      dns{small_programs, settings.dns, AskOneServer},
      acme{small_programs, clock, settings.acme},
      edge{settings.edge},
      wildcard{{.acme = acme, .edge = edge, .sealer = sealer, .clock = clock},
               settings.public_edge.wildcard_zone,
               settings.state_folder / (settings.public_edge.wildcard_zone + ".key.sealed")},
      customer_certificates{{.acme = acme, .edge = edge, .sealer = sealer, .clock = clock}},
      resolver{Servers(settings.resolver)},
      customer_names{resolver},
      ingress{resolver, settings.edge.ingress_port, settings.edge.ingress_ca_file},
      probe{ProbeOptions(settings), operator_key, clock},
      prober{probe, clock, settings.dns.zone, settings.probe.issuer}
{
}

std::vector<std::unique_ptr<Step>> MakeSteps(Machine& machine, const RelayTerms& terms,
                                             const Settings& settings)
{
    auto& m = machine;
    const auto& edge = settings.public_edge;
    std::vector<std::unique_ptr<Step>> steps;
    steps.push_back(std::make_unique<Prepare>(m.sealer, terms, m.pace));
    steps.push_back(std::make_unique<CreateDeployment>(
        CreateDeployment::Needs{m.chain, m.manifests, m.sealer, terms, m.pace}));
    steps.push_back(std::make_unique<ChooseBid>(
        ChooseBid::Needs{m.chain, terms, m.pace, m.clock, settings.bid_window}));
    steps.push_back(std::make_unique<CreateLease>(m.chain, terms, m.pace));
    steps.push_back(std::make_unique<SendManifest>(
        SendManifest::Needs{m.gateway, m.sealer, terms, m.pace, m.clock}));
    steps.push_back(std::make_unique<AwaitService>(m.gateway, m.ingress));
    steps.push_back(
        std::make_unique<PublishDns>(PublishDns::Needs{m.dns, m.customer_names, m.clock}, edge,
                                     settings.dns.ttl, settings.dns.zone));
    steps.push_back(std::make_unique<IssueCertificate>(
        IssueCertificate::Needs{m.wildcard, m.customer_certificates, m.edge}, edge));
    steps.push_back(std::make_unique<VerifyRelay>(m.prober, m.sealer, edge));
    steps.push_back(std::make_unique<MeterLease>(m.chain, m.pace));
    steps.push_back(std::make_unique<RenewCertificate>(
        RenewCertificate::Needs{m.customer_certificates, m.customer_names, m.clock},
        settings.dns.zone));
    steps.push_back(std::make_unique<RemoveEdge>(m.edge, m.dns));
    steps.push_back(std::make_unique<CloseDeployment>(m.chain));
    steps.push_back(std::make_unique<ConfirmClosed>(m.chain));
    return steps;
}

}  // namespace berth::worker
