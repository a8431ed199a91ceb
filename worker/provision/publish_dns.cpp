#include "worker/provision/publish_dns.hpp"

#include <arpa/inet.h>

#include "core/base/failpoint.hpp"

namespace berth::worker {
namespace {

constexpr std::chrono::seconds kLookAgain{10};

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

CustomerRecord ChallengeRecord(const v1::JobOrder& order, const std::string& zone)
{
    const auto order_id = order.name().substr(order.name().find('/') + 1);
    return {.name = "_acme-challenge." + order.custom_hostname(),
            .target = order_id + ".acme." + zone};
}

std::vector<CustomerRecord> RecordsOfCustomer(const v1::JobOrder& order, const std::string& zone)
{
    const auto& name = order.custom_hostname();
    if (name.empty()) return {};
    return {{.name = name, .target = order.hostname()}, ChallengeRecord(order, zone)};
}

Result<void> PublishDns::CheckCustomerNames(const StepContext& context)
{
    for (const auto& record : RecordsOfCustomer(context.order(), zone_)) {
        const auto stands = needs_.customer_names.Check(record, context.deadline);
        if (!stands) return stands;
    }
    return {};
}

Result<StepOutcome> PublishDns::Run(const StepContext& context)
{
    if (const auto stand = CheckCustomerNames(context); !stand) {
        const auto& error = stand.error();
        if (error.code != ErrorCode::kPrecondition) return error;
        const Time overdue{std::chrono::microseconds{context.job.step_deadline()}};
        const bool last =
            context.job.step_deadline() > 0 && needs_.clock.Now() + 2 * kLookAgain > overdue;
        if (last) return StepOutcome::Failed(error);
        return StepOutcome::NotYet(kLookAgain, error.message);
    }
    const auto record = EdgeRecord(context.order().hostname(), edge_, ttl_);
    const auto intended = context.intents.Commit("publish_dns " + record.name, context.deadline);
    if (!intended) return intended.error();
    Failpoint("worker.publish_dns.before_upsert");
    const auto upserted = needs_.dns.Upsert(record, context.deadline);
    Failpoint("worker.publish_dns.after_upsert");
    if (!upserted) return upserted.error();
    v1::Facts facts;
    facts.set_dns_published_at(needs_.clock.Now().time_since_epoch().count());
    facts.set_connect_address(edge_.address + ":" + std::to_string(edge_.port));
    return StepOutcome::Done(std::move(facts));
}

}  // namespace berth::worker
