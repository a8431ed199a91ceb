#pragma once

#include <memory>
#include <vector>

#include "akash/cli_chain_reader.hpp"
#include "akash/cli_manifest.hpp"
#include "akash/cli_provider_gateway.hpp"
#include "akash/cli_signer.hpp"
#include "worker/adapters/haproxy_edge.hpp"
#include "worker/adapters/network_probes.hpp"
#include "worker/provision/customer_certificate.hpp"
#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"
#include "worker/provision/wildcard_certificate.hpp"
#include "worker/run/settings.hpp"

namespace berth::worker {

/// Everything real that the steps work with, made from the settings. The members are in the order
/// of their making: the later ones refer to the earlier ones.
struct Machine {
    /// `sealer` and `key` are made from the settings beforehand.
    Machine(const Settings& settings, OrderSealer order_sealer, const nostr::SecretKey& key);

    SystemClock clock;
    ProcessRunner chain_programs;  ///< `akash` and `provider-services`: heavy, so few at once.
    ProcessRunner small_programs;  ///< `nsupdate`, `lego`.
    OrderSealer sealer;
    nostr::SecretKey operator_key;
    akash::BlockPace pace;
    akash::CliChainReader chain;
    akash::CliSigner signer;
    akash::CliManifestSource manifests;
    akash::CliProviderGateway gateway;
    NsupdateDns dns;
    LegoAcme acme;
    HaproxyEdge edge;
    WildcardCertificate wildcard;
    CustomerCertificate customer_certificates;
    probe::Resolver resolver;
    ResolvedCustomerNames customer_names;
    NetworkIngress ingress;
    probe::NetworkRelayProbe probe;
    NetworkRelayProber prober;
};

/// All steps that this worker knows.
std::vector<std::unique_ptr<Step>> MakeSteps(Machine& machine, const RelayTerms& terms,
                                             const Settings& settings);

}  // namespace berth::worker
