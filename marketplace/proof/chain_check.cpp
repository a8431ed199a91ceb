#include "marketplace/proof/chain_check.hpp"

#include <algorithm>

namespace berth::proof {
namespace {

Error NotSeen(std::string message)
{
    return Fail(ErrorCode::kNotFound, "LEASE_NOT_SEEN", std::move(message));
}

Error Mismatch(const std::string& what)
{
    return Fail(ErrorCode::kPrecondition, "LEASE_MISMATCH",
                "The chain and the worker's report differ in the " + what + ".");
}

Result<void> Compare(const LeaseReading& reading, const orders::OrderRow& order)
{
    const auto& told = order.facts.lease();
    if (told.owner() != order.wallet || told.dseq() != order.dseq) return Mismatch("deployment");
    if (reading.lease.price.denom != told.price_denom()) return Mismatch("denomination");
    const auto price = akash::ParseDec18(told.price_amount());
    if (!price || *price != reading.lease.price.amount_e18) return Mismatch("price");
    if (reading.deployment.hash_hex != order.facts.sdl_hash()) return Mismatch("manifest");
    return {};
}

}  // namespace

Result<LeaseReading> ReadLease(akash::ChainReader& chain, const orders::OrderRow& order,
                               Deadline deadline)
{
    const auto status = chain.Status(deadline);
    if (!status) return status.error();
    const akash::DeploymentId id{.owner = order.wallet, .dseq = order.dseq};
    auto deployment = chain.GetDeployment(id, deadline);
    if (!deployment) return deployment.error();
    if (!*deployment) return NotSeen("The chain does not show the deployment.");
    auto leases = chain.ListLeases(id, deadline);
    if (!leases) return leases.error();
    const auto& told = order.facts.lease();
    const auto found = std::ranges::find_if(*leases, [&](const akash::Lease& lease) {
        return lease.id.gseq == told.gseq() && lease.id.oseq == told.oseq() &&
               lease.id.provider == told.provider();
    });
    if (found == leases->end()) return NotSeen("The chain does not show the lease.");
    LeaseReading reading{.lease = std::move(*found),
                         .deployment = std::move(**deployment),
                         .height = status->height};
    if (const auto same = Compare(reading, order); !same) return same.error();
    return reading;
}

}  // namespace berth::proof
