#pragma once

#include <gtest/gtest.h>

#include "akash/block_pace.hpp"
#include "berth/v1/worker_service.pb.h"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "tests/fakes/fake_worker_chain.hpp"
#include "worker/provision/relay_terms.hpp"
#include "worker/provision/step.hpp"

namespace berth::worker {

/// Intents that are always committed, and remembered.
class KeptIntents final : public Intents {
public:
    std::vector<std::string> kept;
    bool lost = false;

    Result<void> Commit(const std::string& what, Deadline) override
    {
        if (lost) return Fail(ErrorCode::kConflict, "LEASE_LOST", "Somebody else has it.");
        kept.push_back(what);
        return {};
    }
};

/// A job of an order that can be provisioned, at a step.
inline v1::Job AJob(const std::string& step)
{
    v1::Job job;
    job.set_name("jobs/order1-provision");
    job.set_epoch(1);
    job.set_kind("provision");
    job.set_step(step);
    job.set_attempt(1);
    auto& order = *job.mutable_order();
    order.set_name("orders/order1");
    order.set_customer(nostr::SecretKey::Generate().pubkey());
    order.set_hostname("order1.relays.berth.test");
    order.set_relay_name("A relay");
    order.set_wallet("akash1wallet");
    order.set_dseq(77);
    order.set_ceiling_lease_usd_micros(10'000'000);
    order.set_deposit_uact(5'000'000);
    auto& plan = *order.mutable_plan();
    plan.set_image("registry.test/berth-relay:1.0.0");
    plan.set_postgres_image("registry.test/postgres:15.4");
    plan.mutable_resources()->set_cpu_millis(1000);
    plan.mutable_resources()->set_memory_bytes(1 << 30);
    plan.mutable_resources()->set_storage_bytes(std::int64_t{4} << 30);
    plan.mutable_limits()->set_max_limit(500);
    return job;
}

inline v1::OutboxMessage AMessage(const std::string& kind, const std::string& state)
{
    v1::OutboxMessage message;
    message.set_id(1);
    message.set_kind(kind);
    message.set_state(state);
    return message;
}

inline akash::Bid ABid(const std::string& provider, std::int64_t uact_per_block)
{
    const auto e18 =
        money::MulDiv(uact_per_block, 1'000'000'000'000'000'000, 1, money::Rounding::kFloor);
    return {.id = {.owner = "akash1wallet", .dseq = 77, .provider = provider},
            .state = "open",
            .price = {.denom = "uact", .amount_e18 = e18}};
}

/// Everything that a step's test begins with.
class StepTest : public testing::Test {
protected:
    StepTest()
    {
        pace_.Note(chain_.status);
        chain_.Advance(10);
        pace_.Note(chain_.status);
    }

    Result<StepOutcome> Run(Step& step, const v1::Job& job)
    {
        return step.Run({.job = job, .intents = intents_, .deadline = Deadline::max()});
    }
    /// Gives the job the secrets that `prepare` would have made.
    void Prepared(v1::Job& job)
    {
        const NamedSecrets secrets{{kPostgresPassword, Secret{"pgpass"}},
                                   {kDashboardPassword, Secret{"dashpass"}}};
        for (auto& sealed : sealer_.Seal(job.order().name(), secrets)) {
            *job.mutable_order()->add_secrets() = std::move(sealed);
        }
    }

    test::FakeWorkerChain chain_;
    akash::BlockPace pace_;
    KeptIntents intents_;
    const nostr::SecretKey operator_key_ = nostr::SecretKey::Generate();
    const OrderSealer sealer_ =
        OrderSealer::Make(Secret{ToHex(RandomBytes(32))}, operator_key_).value();
    const RelayTerms terms_{.marketplace = nostr::SecretKey::Generate().pubkey(),
                            .operator_key = operator_key_.pubkey(),
                            .denom = "uact"};
};

}  // namespace berth::worker
