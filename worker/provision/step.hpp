#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "berth/v1/worker_service.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// Writes down at the marketplace, under the job's epoch, what is about to be done outside.
class Intents {
public:
    virtual ~Intents() = default;
    /// Returns only when it is committed. Errors: kConflict `LEASE_LOST`: the job is somebody
    /// else's now, nothing may be done; those of Marketplace.
    virtual Result<void> Commit(const std::string& what, Deadline deadline) = 0;
};

/// What a step gets to work with.
struct StepContext {
    const v1::Job& job;
    Intents& intents;
    Deadline deadline;

    const v1::JobOrder& order() const { return job.order(); }
};

/// What a step came to, with the facts and secrets that are known now.
class StepOutcome {
public:
    static StepOutcome Done(v1::Facts facts = {});
    static StepOutcome NotYet(std::chrono::milliseconds again, std::string waiting_for,
                              v1::Facts facts = {});
    static StepOutcome Failed(const Error& error, v1::Facts facts = {});
    /// The step needs `body` on chain and runs again when its fate is known.
    static StepOutcome Transact(std::string kind, std::string body, v1::Facts facts = {});

    void Keep(v1::SealedSecret secret) { *report_.add_secrets() = std::move(secret); }
    /// The report without job, epoch, step and sequence.
    const v1::StepReport& report() const { return report_; }

private:
    explicit StepOutcome(v1::Facts facts) { *report_.mutable_facts() = std::move(facts); }

    v1::StepReport report_;
};

/// One idempotent move of a job that does at most one outside thing: it observes, decides, acts,
/// observes. It never loops and never sleeps; a crash repeats it. Thread-safe. An error is judged
/// by retry.hpp.
class Step {
public:
    virtual ~Step() = default;
    /// Of the job: `provision`, `meter_lease`, `renew_certificate`, `close`.
    virtual std::string_view kind() const = 0;
    virtual std::string_view name() const = 0;  ///< In jobs.step: never renamed.
    virtual Result<StepOutcome> Run(const StepContext& context) = 0;
};

}  // namespace berth::worker
