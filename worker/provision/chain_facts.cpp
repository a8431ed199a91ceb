#include "worker/provision/chain_facts.hpp"

#include "akash/signer.hpp"

namespace berth::worker {

akash::DeploymentId DeploymentIdOf(const v1::JobOrder& order)
{
    return {.owner = order.wallet(), .dseq = order.dseq()};
}

akash::LeaseId LeaseIdOf(const v1::JobOrder& order)
{
    const auto& lease = order.facts().lease();
    return {.owner = lease.owner(),
            .dseq = lease.dseq(),
            .gseq = lease.gseq(),
            .oseq = lease.oseq(),
            .provider = lease.provider()};
}

v1::Lease ToProto(const akash::Lease& lease)
{
    v1::Lease proto;
    proto.set_owner(lease.id.owner);
    proto.set_dseq(lease.id.dseq);
    proto.set_gseq(lease.id.gseq);
    proto.set_oseq(lease.id.oseq);
    proto.set_provider(lease.id.provider);
    proto.set_price_amount(akash::FormatDec18(lease.price.amount_e18));
    proto.set_price_denom(lease.price.denom);
    proto.set_created_height(lease.created_at);
    return proto;
}

const v1::OutboxMessage* LastMessage(const v1::Job& job, std::string_view kind)
{
    const v1::OutboxMessage* last = nullptr;
    for (const auto& message : job.outbox()) {
        if (message.kind() == kind && (!last || message.id() > last->id())) last = &message;
    }
    return last;
}

bool InFlight(const v1::OutboxMessage& message)
{
    return message.state() == "pending" || message.state() == "signed";
}

std::optional<Error> LastingFailure(const v1::OutboxMessage& message)
{
    if (message.state() != "failed") return std::nullopt;
    const auto verdict = akash::Judge(message.codespace(), message.code(), message.error());
    if (verdict != akash::ChainVerdict::kFail) return std::nullopt;
    return Fail(ErrorCode::kInvalid, "TRANSACTION_REFUSED",
                "The chain refused (" + message.codespace() + "/" + std::to_string(message.code()) +
                    "): " + message.error().substr(0, 300));
}

}  // namespace berth::worker
