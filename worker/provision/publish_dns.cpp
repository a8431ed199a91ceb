#include "worker/provision/publish_dns.hpp"

#include <arpa/inet.h>

#include "core/base/failpoint.hpp"

namespace berth::worker {
namespace {

std::string TypeFor(const std::string& address)
{
    unsigned char bytes[16];
    if (::inet_pton(AF_INET, address.c_str(), bytes) == 1) return "A";
    if (::inet_pton(AF_INET6, address.c_str(), bytes) == 1) return "AAAA";
    return "CNAME";
}

}  // namespace

DnsRecord EdgeRecord(const std::string& hostname, const PublicEdge& edge, std::chrono::seconds ttl)
{
    return {.name = hostname, .type = TypeFor(edge.address), .value = edge.address, .ttl = ttl};
}

Result<StepOutcome> PublishDns::Run(const StepContext& context)
{
    const auto record = EdgeRecord(context.order().hostname(), edge_, ttl_);
    const auto intended = context.intents.Commit("publish_dns " + record.name, context.deadline);
    if (!intended) return intended.error();
    Failpoint("worker.publish_dns.before_upsert");
    const auto upserted = dns_.Upsert(record, context.deadline);
    Failpoint("worker.publish_dns.after_upsert");
    if (!upserted) return upserted.error();
    v1::Facts facts;
    facts.set_dns_published_at(clock_.Now().time_since_epoch().count());
    facts.set_connect_address(edge_.address + ":" + std::to_string(edge_.port));
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
