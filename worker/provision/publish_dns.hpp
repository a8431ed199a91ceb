#pragma once

#include "worker/ports/dns.hpp"
#include "worker/provision/public_edge.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// The record that leads a relay's name to the edge: A or AAAA where the edge is an address, CNAME
/// where it has a name.
DnsRecord EdgeRecord(const std::string& hostname, const PublicEdge& edge, std::chrono::seconds ttl);

/// Publishes the relay's name in the operator's zone.
class PublishDns final : public Step {
public:
    /// `dns` and `clock` must outlive it.
    PublishDns(Dns& dns, PublicEdge edge, std::chrono::seconds ttl, const Clock& clock)
        : dns_{dns}, edge_{std::move(edge)}, ttl_{ttl}, clock_{clock}
    {
    }
    std::string_view kind() const override { return "provision"; }
    std::string_view name() const override { return "publish_dns"; }
    Result<StepOutcome> Run(const StepContext& context) override;

private:
    Dns& dns_;
    const PublicEdge edge_;
    const std::chrono::seconds ttl_;
    const Clock& clock_;
};

}  // namespace berth::worker
