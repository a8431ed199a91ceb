#include "marketplace/orders/progress.hpp"

#include <limits>

#include "core/base/assert.hpp"
#include "marketplace/orders/job_view.hpp"
#include "marketplace/orders/order_changes.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/step_log_store.hpp"
#include "marketplace/queue/backoff.hpp"
#include "marketplace/queue/outbox_store.hpp"

namespace berth::orders {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestWait{50};
constexpr std::size_t kOrderIdLength = 26;
constexpr std::string_view kCollection = "jobs/";
constexpr std::string_view kRenewal = "renew_certificate";
constexpr std::string_view kClosing = "close";
constexpr int kTriesADay = 24;  // At a certificate, by the pause of its step.
constexpr std::uint32_t kSequenceMax = std::numeric_limits<std::int32_t>::max();
constexpr std::uint64_t kEpochMax = std::numeric_limits<std::int64_t>::max();

/// Order and job under lock, for one report.
struct Held {
    OrderRow order;
    queue::Job job;
};

v1::StepAnswer Refused(std::string reason)
{
    v1::StepAnswer answer;
    answer.set_reason(std::move(reason));
    return answer;
}

milliseconds BudgetOf(const ProgressRules& rules, const StepRow& step)
{
    const auto set = rules.orders.step_budgets.find(step.step);
    return step.kind == "provision" && set != rules.orders.step_budgets.end() ? set->second
                                                                              : step.budget;
}

/// What a new report says stands over what an older one said; lists and sub-messages as a whole.
void MergeFacts(v1::Facts& facts, const v1::Facts& reported)
{
    if (reported.bids_size() > 0) facts.clear_bids();
    if (reported.has_report()) facts.clear_report();
    if (reported.has_lease_reading()) facts.clear_lease_reading();
    if (reported.has_lease()) facts.clear_lease();
    facts.MergeFrom(reported);
}

/// What a finished step must have shown.
bool IsProven(const v1::Facts& facts, const std::string& step)
{
    if (step == "create_lease") return facts.has_lease();
    if (step == "verify_relay") return facts.report().accepted();
    if (step == "meter_lease") return facts.has_lease_reading();
    if (step == kRenewal) return false;  // It goes on as long as the order is served.
    return true;
}

v1::StepAnswer Recorded()
{
    v1::StepAnswer answer;
    answer.set_recorded(true);
    return answer;
}

/// The job as it is now, if the reporter still holds it.
void AddNext(pqxx::work& tx, const ProgressRules& rules, const Held& held, v1::StepAnswer& answer)
{
    const auto job = queue::LockHeld(tx, held.job);
    if (job && job->leased) *answer.mutable_next() = ViewOf(tx, *job, held.order, rules.orders);
}

/// What became of a report whose job is no longer held under its epoch: perhaps it was taken, and
/// only its answer was lost.
v1::StepAnswer AnswerToStale(pqxx::work& tx, const Reporter& reporter, const v1::StepReport& report,
                             const std::string& job_id)
{
    const auto order = FindOrder(tx, job_id.substr(0, kOrderIdLength));
    if (!order || order->operator_id != reporter.operator_id) return Refused("STALE_EPOCH");
    const StepLogKey key{.job_id = job_id, .epoch = report.epoch(), .sequence = report.sequence()};
    return HasStepLog(tx, *order, key) ? Recorded() : Refused("STALE_EPOCH");
}

std::optional<Held> Lock(pqxx::work& tx, const Reporter& reporter, const v1::StepReport& report)
{
    const auto found = FindReported(tx, reporter, report);
    if (!found) return std::nullopt;
    auto order = LockWithHold(tx, found->customer_id, found->order_id);
    auto job = queue::LockJob(tx, found->queue_id, found->job_id);
    if (!order || !job || job->epoch != report.epoch() || job->worker != reporter.worker ||
        job->leased_until == Time::min()) {
        return std::nullopt;
    }
    return Held{std::move(*order), std::move(*job)};
}

std::string_view OutcomeName(v1::StepReport::OutcomeCase outcome)
{
    switch (outcome) {
        case v1::StepReport::kDone: return "done";
        case v1::StepReport::kNotYet: return "not_yet";
        case v1::StepReport::kRetry: return "retry";
        case v1::StepReport::kFailed: return "failed";
        case v1::StepReport::kTransact: return "transact";
        case v1::StepReport::kIntent: return "intent";
        case v1::StepReport::OUTCOME_NOT_SET: break;
    }
    return "";
}

StepLog LogOf(const v1::StepReport& report, const std::string& job_id)
{
    StepLog log{.key = {.job_id = job_id, .epoch = report.epoch(), .sequence = report.sequence()},
                .step = report.step(),
                .outcome = std::string{OutcomeName(report.outcome_case())},
                .reason = {},
                .message = {}};
    if (report.has_retry() || report.has_failed()) {
        const auto& error = report.has_retry() ? report.retry() : report.failed();
        log.reason = error.reason();
        log.message = error.message();
    } else if (report.has_not_yet()) {
        log.message = report.not_yet().waiting_for();
    } else if (report.has_transact()) {
        log.message = report.transact().kind();
    } else if (report.has_intent()) {
        log.message = report.intent().what();
    }
    return log;
}

Error AsError(const v1::StepError& error)
{
    return Fail(ErrorCode::kPrecondition, error.reason(), error.message());
}

/// The customer reads that his own name has a new certificate.
void TellOfRenewal(pqxx::work& tx, OrderRow& order)
{
    Tell(tx, order,
         {.kind = "certificate_renewed",
          .message = "The certificate of " + order.custom_hostname + " is renewed.",
          .details = {{"not_after", std::to_string(order.facts.certificate_not_after())}}});
    Save(tx, order);
}

/// The customer reads, at once and then daily, that his own name's certificate runs out: it may be
/// his record that is missing.
void TellOfRenewalDue(pqxx::work& tx, Held& held, const v1::StepError& error)
{
    if (held.job.attempt % kTriesADay != 1) return;
    const bool his = error.reason() == "CNAME_MISSING";
    Tell(tx, held.order,
         {.kind = "certificate_due",
          .message = "The certificate of " + held.order.custom_hostname +
                     " could not be renewed yet; it is tried again every hour." +
                     (his ? " " + error.message() : std::string{}),
          .details = {{"reason", error.reason()},
                      {"not_after", std::to_string(held.order.facts.certificate_not_after())}}});
    Save(tx, held.order);
}

/// A closing job whose step fails turns to what comes first and is not done, if that is another:
/// it was begun when the name was withdrawn before the deployment was closed.
bool TurnsBack(pqxx::work& tx, Held& held)
{
    if (held.job.kind != kClosing) return false;
    const auto& first = NextOfClosing(StepsDone(tx, held.order, held.job.job_id));
    if (first.step == held.job.step) return false;
    held.order.step = first.step;
    Save(tx, held.order);
    queue::Advance(tx, held.job, {.step = held.order.step, .operator_id = held.order.operator_id});
    return true;
}

/// What was rented is never given up.
void TryAgain(pqxx::work& tx, const ProgressRules& rules, Held& held, const v1::StepError& error,
              milliseconds wait)
{
    const auto* step = FindStep(held.job.kind, held.job.step, StepExecutor::kWorker);
    BERTH_ASSERT(step);
    if (step->kind == kRenewal) TellOfRenewalDue(tx, held, error);
    if (TurnsBack(tx, held)) return;
    queue::Postpone(
        tx, held.job,
        step->pause > milliseconds{0} ? step->pause : std::min(wait, rules.queue.retry_max),
        error.reason());
}

Result<void> WaitOrGiveUp(pqxx::work& tx, const ProgressRules& rules, Held& held,
                          const v1::NotYet& not_yet, Time now)
{
    if (held.job.step_overdue && held.job.kind == "provision") {
        return GiveUp(tx, held.order, held.job, StepOverdue(held.job, not_yet.waiting_for()), now);
    }
    const auto wait = std::max(kShortestWait, milliseconds{not_yet.again_in_millis()});
    const auto* step = FindStep(held.job.kind, held.job.step, StepExecutor::kWorker);
    BERTH_ASSERT(step);
    if (step->wait_max > milliseconds{0}) {  // Long enough to count its tries anew.
        queue::Advance(tx, held.job,
                       {.step = held.job.step,
                        .operator_id = held.order.operator_id,
                        .delay = std::min(wait, step->wait_max)});
        return {};
    }
    queue::Postpone(tx, held.job, std::min(wait, rules.queue.retry_max), not_yet.waiting_for());
    return {};
}

Result<void> RetryOrGiveUp(pqxx::work& tx, const ProgressRules& rules, Held& held,
                           const v1::StepError& error, Time now)
{
    const bool enough = held.job.step_overdue || held.job.attempt >= rules.queue.attempts_max;
    if (enough && held.job.kind == "provision") {
        return GiveUp(tx, held.order, held.job, AsError(error), now);
    }
    const auto wait = error.again_in_millis() > 0 ? milliseconds{error.again_in_millis()}
                                                  : queue::Backoff(rules.queue, held.job.subject,
                                                                   held.job.step, held.job.attempt);
    TryAgain(tx, rules, held, error, wait);
    return {};
}

Result<void> FailOrGiveUp(pqxx::work& tx, const ProgressRules& rules, Held& held,
                          const v1::StepError& error, Time now)
{
    if (held.job.kind == "provision") {
        return GiveUp(tx, held.order, held.job, AsError(error), now);
    }
    TryAgain(tx, rules, held, error, rules.queue.retry_max);
    return {};
}

Result<void> Apply(pqxx::work& tx, const ProgressRules& rules, Held& held,
                   const v1::StepReport& report, Time now)
{
    switch (report.outcome_case()) {
        case v1::StepReport::kDone: {
            const auto* step = FindStep(held.job.kind, held.job.step, StepExecutor::kWorker);
            BERTH_ASSERT(step);
            GoOn(tx, rules, held.order, held.job, *step);
            return {};
        }
        case v1::StepReport::kNotYet: return WaitOrGiveUp(tx, rules, held, report.not_yet(), now);
        case v1::StepReport::kRetry: return RetryOrGiveUp(tx, rules, held, report.retry(), now);
        case v1::StepReport::kFailed: return FailOrGiveUp(tx, rules, held, report.failed(), now);
        case v1::StepReport::kTransact:
            queue::AddMessage(tx, held.order.operator_id, held.order.wallet, held.job,
                              report.transact());
            queue::AwaitOutbox(tx, held.job);
            return {};
        case v1::StepReport::kIntent:
        case v1::StepReport::OUTCOME_NOT_SET: return {};
    }
    return {};
}

/// Why a report cannot be taken, whatever its epoch.
std::string ReasonToRefuse(const Held& held, const v1::StepReport& report, const v1::Facts& facts)
{
    if (report.step() != held.job.step) return "WRONG_STEP";
    if (report.outcome_case() == v1::StepReport::OUTCOME_NOT_SET) return "NO_OUTCOME";
    if (report.has_done() && !IsProven(facts, held.job.step)) return "UNPROVEN";
    return "";
}

}  // namespace

Error StepOverdue(const queue::Job& job, const std::string& waiting_for)
{
    if (job.step == "choose_bid") {
        return Fail(ErrorCode::kPrecondition, "NO_BID",
                    "No provider made an acceptable bid in time.");
    }
    return Fail(ErrorCode::kTimeout, "STEP_TIMED_OUT",
                "The step " + job.step + " took too long" +
                    (waiting_for.empty() ? "." : ", waiting for " + waiting_for + "."));
}

void GoOn(pqxx::work& tx, const ProgressRules& rules, OrderRow& order, queue::Job& job,
          const StepRow& step)
{
    const bool closing = job.kind == kClosing && step.executor == StepExecutor::kWorker;
    const auto* next = closing ? &NextOfClosing(StepsDone(tx, order, job.job_id)) : StepAfter(step);
    if (!next) return queue::Finish(tx, job, "done", "");
    const bool stays = step.executor == StepExecutor::kWorker && next->executor == step.executor;
    const auto executor = next->executor == StepExecutor::kWorker
                              ? order.operator_id
                              : std::string{queue::kMarketplace};
    if (job.kind != "meter_lease") {
        Tell(tx, order,
             {.kind = "step_done",
              .message = std::string{step.told},
              .details = {{"step", std::string{step.step}}, {"next", std::string{next->step}}}});
        order.step = next->step;
    }
    Save(tx, order);
    queue::Advance(tx, job,
                   {.step = std::string{next->step},
                    .operator_id = stays ? std::string{} : executor,
                    .budget = BudgetOf(rules, *next)});
}

Result<void> GiveUp(pqxx::work& tx, OrderRow& order, const queue::Job& job, const Error& why,
                    Time now)
{
    BERTH_ASSERT(job.kind == "provision");
    queue::Postpone(tx, job, milliseconds{0}, why.reason);  // Who gives up works on it no more.
    return End(tx, order,
               {.reason = why.reason, .message = why.message, .details = {{"step", job.step}}},
               now);
}

std::optional<queue::Job> FindReported(pqxx::work& tx, const Reporter& reporter,
                                       const v1::StepReport& report)
{
    if (!report.job().starts_with(kCollection)) return std::nullopt;
    auto job = queue::FindJob(tx, reporter.operator_id, report.job().substr(kCollection.size()));
    return job && !job->order_id.empty() ? job : std::nullopt;
}

Result<v1::StepAnswer> RecordStep(pqxx::work& tx, const ProgressRules& rules,
                                  const Reporter& reporter, const v1::StepReport& report, Time now)
{
    if (!report.job().starts_with(kCollection)) return Refused("UNKNOWN_JOB");
    if (report.sequence() > kSequenceMax) return Refused("BAD_SEQUENCE");
    if (report.epoch() > kEpochMax) return Refused("STALE_EPOCH");
    const auto job_id = report.job().substr(kCollection.size());
    auto held = Lock(tx, reporter, report);
    if (!held) return AnswerToStale(tx, reporter, report, job_id);
    auto answer = Recorded();
    const auto sequence = static_cast<int>(report.sequence());
    if (sequence > held->job.sequence) {
        auto facts = held->order.facts;
        MergeFacts(facts, report.facts());
        const auto refuse = ReasonToRefuse(*held, report, facts);
        if (!refuse.empty()) return Refused(refuse);
        AddStepLog(tx, held->order, LogOf(report, job_id));
        const bool renewed =
            held->job.kind == kRenewal &&
            facts.certificate_fingerprint() != held->order.facts.certificate_fingerprint();
        held->order.facts = std::move(facts);
        Save(tx, held->order);
        if (renewed) TellOfRenewal(tx, held->order);
        for (const auto& secret : report.secrets()) {
            KeepSecret(tx, held->order, reporter.operator_id, secret);
        }
        queue::NoteReport(tx, held->job, sequence, report.intent().what());
        const auto applied = Apply(tx, rules, *held, report, now);
        if (!applied) return applied.error();
    }
    AddNext(tx, rules, *held, answer);
    return answer;
}

}  // namespace berth::orders
