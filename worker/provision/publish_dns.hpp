#pragma once

#include "worker/ports/customer_names.hpp"
#include "worker/ports/dns.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// The record that leads a relay's name to the edge: A or AAAA where the edge is an address, CNAME
/// where it has a name.
DnsRecord EdgeRecord(const std::string& hostname, const PublicEdge& edge, std::chrono::seconds ttl);

/// The record by which the CA's challenge for a customer's own name leads to
/// `<order_id>.acme.<zone>`.
CustomerRecord ChallengeRecord(const v1::JobOrder& order, const std::string& zone);

/// The two records by which a customer's own name leads to us: to the relay's name, and the
/// challenge's.
std::vector<CustomerRecord> RecordsOfCustomer(const v1::JobOrder& order, const std::string& zone);

/// Publishes the relay's name in the operator's zone, once the customer's own name, if there is
/// one, leads to it. A record that is still missing when the step's time is over is the step's
/// failure.
class PublishDns final : public Step {
public:
    /// References must outlive it.
    struct Needs {
        Dns& dns;
        CustomerNames& customer_names;
        const Clock& clock;
    };
    /// `zone` is the operator's.
    PublishDns(const Needs& needs, PublicEdge edge, std::chrono::seconds ttl, std::string zone)
        : needs_{needs}, edge_{std::move(edge)}, ttl_{ttl}, zone_{std::move(zone)}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "publish_dns"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Result<void> CheckCustomerNames(const StepContext& context);

    const Needs needs_;
    const PublicEdge edge_;
    const std::chrono::seconds ttl_;
    const std::string zone_;
};

}  // namespace berth::worker
