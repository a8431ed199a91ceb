#include "worker/run/job_runner.hpp"

#include <thread>

#include "core/base/failpoint.hpp"
#include "worker/retry.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kCallLimit = 10s;

Error LeaseLost(const std::string& reason)
{
    return Fail(ErrorCode::kConflict, "LEASE_LOST", "The job is not ours any more: " + reason);
}

v1::StepReport ReportOf(const Error& error, int attempt)
{
    v1::StepReport report;
    const auto disposition = DispositionOf(error.code);
    auto& said =
        disposition == Disposition::kFail ? *report.mutable_failed() : *report.mutable_retry();
    said.set_reason(error.reason);
    said.set_message(error.message);
    if (disposition == Disposition::kRetry) said.set_again_in_millis(BackoffOf(attempt).count());
    if (disposition == Disposition::kLook) said.set_again_in_millis(1000);
    return report;
}

std::string_view NameOf(const v1::StepReport& report)
{
    switch (report.outcome_case()) {
        case v1::StepReport::kDone: return "done";
        case v1::StepReport::kNotYet: return "not_yet";
        case v1::StepReport::kRetry: return "retry";
        case v1::StepReport::kFailed: return "failed";
        case v1::StepReport::kTransact: return "transact";
        case v1::StepReport::kIntent: return "intent";
        case v1::StepReport::OUTCOME_NOT_SET: break;
    }
    return "nothing";
}

}  // namespace

/// The reports of one job under one epoch, numbered.
class JobRunner::Reports final : public Intents {
public:
    Reports(const JobRunner& runner, const HeldJob& held) : runner_{runner}, held_{held} {}

    void set_step(const std::string& step) { step_ = step; }

    /// Sends a report until it has an answer: repeating it is safe, it has its number.
    Result<v1::StepAnswer> Send(v1::StepReport report)
    {
        report.set_job(held_.job);
        report.set_epoch(held_.epoch);
        report.set_step(step_);
        report.set_sequence(++sequence_);
        v1::RecordStepsRequest request;
        request.set_worker(runner_.worker_);
        *request.add_reports() = std::move(report);
        const auto limit = Deadline::After(runner_.times_.report_limit).OrWhen(held_.lost);
        while (true) {
            const auto response =
                runner_.needs_.marketplace.Record(request, limit.AtMost(kCallLimit));
            if (response && response->answers_size() == 1) return response->answers(0);
            if (limit.Passed()) return LeaseLost("no answer to the report");
            std::this_thread::sleep_for(runner_.times_.report_pause);
        }
    }

    Result<void> Commit(const std::string& what, Deadline) override
    {
        v1::StepReport report;
        report.mutable_intent()->set_what(what);
        const auto answer = Send(std::move(report));
        if (!answer) return answer.error();
        if (!answer->recorded()) return LeaseLost(answer->reason());
        return {};
    }

private:
    const JobRunner& runner_;
    const HeldJob& held_;
    std::string step_;
    std::uint32_t sequence_ = 0;
};

Step* JobRunner::Find(const v1::Job& job) const
{
    for (const auto& step : needs_.steps) {
        if (step->kind() == job.kind() && step->name() == job.step()) return step.get();
    }
    return nullptr;
}

v1::StepReport JobRunner::RunStep(const v1::Job& job, Reports& reports, const HeldJob& held)
{
    auto* const step = Find(job);
    if (!step) {
        return ReportOf(Fail(ErrorCode::kInvalid, "UNKNOWN_STEP", "This worker has no such step."),
                        1);
    }
    const StepContext context{.job = job,
                              .intents = reports,
                              .deadline = Deadline::After(times_.step_limit).OrWhen(held.lost)};
    try {
        const auto outcome = step->Run(context);
        return outcome ? outcome->report() : ReportOf(outcome.error(), job.attempt());
    } catch (const std::exception& thrown) {  // One job does not end the program.
        return ReportOf(Fail(ErrorCode::kUnknown, "STEP_THREW", thrown.what()), job.attempt());
    }
}

void JobRunner::Run(v1::Job job)
{
    const auto held = needs_.leases.Hold(job);
    Reports reports{*this, *held};
    while (!held->lost) {
        reports.set_step(job.step());
        Failpoint("worker." + job.step() + ".before_run");
        auto report = RunStep(job, reports, *held);
        if (held->lost) break;
        boost::json::object fields{{"job", job.name()},
                                   {"step", job.step()},
                                   {"order", job.order().name()},
                                   {"outcome", NameOf(report)},
                                   {"trace", job.trace()}};
        if (report.has_retry())
            fields["reason"] = report.retry().reason() + ": " + report.retry().message();
        if (report.has_failed())
            fields["reason"] = report.failed().reason() + ": " + report.failed().message();
        if (report.has_not_yet()) fields["waiting_for"] = report.not_yet().waiting_for();
        needs_.log.Info("A step has run.", std::move(fields));
        const bool transacts = report.has_transact();
        Failpoint("worker." + job.step() + ".before_report");
        const auto answer = reports.Send(std::move(report));
        Failpoint("worker." + job.step() + ".after_report");
        if (!answer || !answer->recorded()) {
            needs_.log.Warning("A report was not taken.",
                               {{"job", job.name()},
                                {"reason", answer ? answer->reason() : answer.error().message}});
            break;
        }
        if (transacts) needs_.wake_wallet();
        if (!answer->has_next()) break;
        job = answer->next();
        if (needs_.draining) {
            reports.set_step(job.step());
            const auto given_back =
                reports.Send(StepOutcome::NotYet(0ms, "another worker").report());
            if (!given_back) needs_.log.Warning("A job was not given back.", {{"job", job.name()}});
            break;
        }
    }
    needs_.leases.Drop(*held);
}

}  // namespace berth::worker
