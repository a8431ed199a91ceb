#include "marketplace/queue/job_store.hpp"

#include <algorithm>
#include <set>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/db/values.hpp"

namespace berth::queue {
namespace {

constexpr auto kLanes = R"sql(
    SELECT queue_id FROM queues WHERE operator_id = $1 ORDER BY lane)sql";

constexpr auto kOpenLane = R"sql(
    INSERT INTO queues (queue_id, operator_id, lane)
    SELECT max(queue_id) + 1, $1, 0 FROM queues
    ON CONFLICT DO NOTHING)sql";

constexpr auto kInsert = R"sql(
    INSERT INTO jobs (queue_id, job_id, subject, customer_id, order_id, kind, step, trace, run_at,
                      step_deadline)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::bigint * interval '1 millisecond',
            CASE WHEN $10::bigint = 0 THEN 'infinity'::timestamptz
                 ELSE now() + ($9::bigint + $10::bigint) * interval '1 millisecond' END)
    ON CONFLICT DO NOTHING)sql";

constexpr auto kWake = R"sql(
    UPDATE jobs SET run_at = least(run_at, now()), waiting_for = 'woken'
    WHERE queue_id = $1 AND subject = $2 AND kind = $3)sql";

constexpr auto kLease = R"sql(
    WITH due AS (SELECT job_id FROM jobs
                 WHERE queue_id = $1 AND run_at <= now()
                   AND (leased_until <= now()
                        OR ($6::boolean AND worker = $4 AND (job_id, epoch) NOT IN (
                                SELECT * FROM unnest($7::text[], $8::bigint[]))))
                   AND kind || '/' || step = ANY ($2::text[])
                 ORDER BY run_at, job_id LIMIT $3 FOR UPDATE SKIP LOCKED)
    UPDATE jobs SET epoch = epoch + 1, sequence = 0, attempt = attempt + 1, worker = $4,
                    waiting_for = '',
                    leased_until = now() + $5::bigint * interval '1 millisecond'
    FROM due WHERE jobs.queue_id = $1 AND jobs.job_id = due.job_id
    RETURNING jobs.queue_id, jobs.job_id, subject, customer_id, order_id, kind, step, epoch,
              sequence, attempt, worker, leased_until, step_deadline, trace,
              false AS step_overdue, true AS leased)sql";

constexpr auto kKeep = R"sql(
    WITH kept AS (SELECT jobs.job_id
                  FROM jobs JOIN unnest($2::text[], $3::bigint[]) AS held (job_id, epoch)
                    ON jobs.queue_id = $1 AND jobs.job_id = held.job_id AND jobs.epoch = held.epoch
                  WHERE jobs.worker = $4 AND jobs.leased_until > '-infinity'
                  ORDER BY jobs.job_id FOR UPDATE OF jobs)
    UPDATE jobs SET leased_until = now() + $5::bigint * interval '1 millisecond'
    FROM kept WHERE jobs.queue_id = $1 AND jobs.job_id = kept.job_id
    RETURNING jobs.job_id, jobs.epoch)sql";

#define BERTH_JOB_COLUMNS                                                             \
    "queue_id, job_id, subject, customer_id, order_id, kind, step, epoch, sequence, " \
    "attempt, worker, leased_until, step_deadline, trace, step_deadline <= now() AS " \
    "step_overdue, leased_until > now() AS leased "

constexpr auto kFind = "SELECT " BERTH_JOB_COLUMNS "FROM jobs WHERE queue_id = $1 AND job_id = $2";
constexpr auto kLock =
    "SELECT " BERTH_JOB_COLUMNS "FROM jobs WHERE queue_id = $1 AND job_id = $2 FOR UPDATE";
constexpr auto kFindOpen =
    "SELECT " BERTH_JOB_COLUMNS "FROM jobs WHERE queue_id = $1 AND subject = $2 AND kind = $3";
constexpr auto kOverdue =
    "SELECT " BERTH_JOB_COLUMNS
    "FROM jobs WHERE kind = $1 AND step_deadline <= now() AND step_deadline < 'infinity' "
    "AND leased_until <= now() ORDER BY step_deadline LIMIT $2";

constexpr auto kAdvance = R"sql(
    UPDATE jobs SET step = $3, attempt = 1, intent = '', waiting_for = '',
                    step_deadline = CASE WHEN $4::bigint = 0 THEN 'infinity'::timestamptz
                                         ELSE now() + $4::bigint * interval '1 millisecond' END
    WHERE queue_id = $1 AND job_id = $2)sql";

constexpr auto kRemove = "DELETE FROM jobs WHERE queue_id = $1 AND job_id = $2";

constexpr auto kPutBack = R"sql(
    INSERT INTO jobs (queue_id, job_id, subject, customer_id, order_id, kind, step, trace, epoch,
                      run_at, step_deadline)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
            greatest(now() + $10::bigint * interval '1 millisecond', $12::timestamptz),
            CASE WHEN $11::bigint = 0 THEN 'infinity'::timestamptz
                 ELSE now() + ($10::bigint + $11::bigint) * interval '1 millisecond' END))sql";

constexpr auto kPostpone = R"sql(
    UPDATE jobs SET run_at = CASE WHEN waiting_for = 'woken' THEN now()
                                  ELSE now() + $3::bigint * interval '1 millisecond' END,
                    waiting_for = $4,
                    leased_until = '-infinity', intent = ''
    WHERE queue_id = $1 AND job_id = $2)sql";

constexpr auto kAwaitOutbox = R"sql(
    UPDATE jobs SET run_at = 'infinity', waiting_for = 'outbox', leased_until = '-infinity',
                    intent = '', attempt = greatest(attempt - 1, 0)
    WHERE queue_id = $1 AND job_id = $2)sql";

constexpr auto kFinish = R"sql(
    WITH gone AS (DELETE FROM jobs WHERE queue_id = $1 AND job_id = $2 RETURNING *)
    INSERT INTO job_history (queue_id, job_id, subject, customer_id, order_id, kind, outcome,
                             reason, epoch, worker, created_at)
    SELECT queue_id, job_id, subject, customer_id, order_id, kind, $3, $4, epoch, worker, created_at
    FROM gone)sql";

constexpr auto kNoteReport = R"sql(
    UPDATE jobs SET sequence = $3, intent = $4 WHERE queue_id = $1 AND job_id = $2)sql";

std::int64_t Millis(std::chrono::milliseconds time) { return time.count(); }

Job ReadJob(const pqxx::row& row)
{
    return {.queue_id = row["queue_id"].as<int>(),
            .job_id = row["job_id"].as<std::string>(),
            .subject = row["subject"].as<std::string>(),
            .customer_id = row["customer_id"].as<std::string>(),
            .order_id = row["order_id"].as<std::string>(),
            .kind = row["kind"].as<std::string>(),
            .step = row["step"].as<std::string>(),
            .epoch = row["epoch"].as<std::uint64_t>(),
            .sequence = row["sequence"].as<int>(),
            .attempt = row["attempt"].as<int>(),
            .worker = row["worker"].as<std::string>(),
            .leased_until = db::ReadTime(row["leased_until"]),
            .step_deadline = db::ReadTime(row["step_deadline"]),
            .step_overdue = row["step_overdue"].as<bool>(),
            .leased = row["leased"].as<bool>(),
            .trace = row["trace"].as<std::string>()};
}

std::optional<Job> First(const pqxx::result& rows)
{
    if (rows.empty()) return std::nullopt;
    return ReadJob(rows[0]);
}

std::vector<int> LanesOf(pqxx::work& tx, const std::string& operator_id)
{
    std::vector<int> lanes;
    for (const auto& row : tx.exec_params(kLanes, operator_id)) lanes.push_back(row[0].as<int>());
    return lanes;
}

/// The lane of a subject: always the same one, so that one open job a kind holds over all lanes.
int LaneFor(pqxx::work& tx, const std::string& operator_id, const std::string& subject)
{
    auto lanes = LanesOf(tx, operator_id);
    while (lanes.empty()) {  // Two may open lanes at once; the number is then taken, so look again.
        tx.exec_params0(kOpenLane, operator_id);
        lanes = LanesOf(tx, operator_id);
    }
    return lanes[Sha256(subject)[0] % lanes.size()];
}

std::string TextArray(const std::vector<std::string>& values)
{
    std::string text = "{";
    for (const auto& value : values) {
        if (text.size() > 1) text += ',';
        text += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + '}';
}

/// Leases as two arrays for unnest.
struct LeaseArrays {
    explicit LeaseArrays(const std::vector<JobLease>& leases)
    {
        std::vector<std::string> of_jobs;
        std::vector<std::string> of_epochs;
        for (const auto& lease : leases) {
            of_jobs.push_back(lease.job_id);
            of_epochs.push_back(std::to_string(lease.epoch));
        }
        ids = TextArray(of_jobs);
        epochs = TextArray(of_epochs);
    }
    std::string ids;
    std::string epochs;
};

/// Order jobs carry their order in front, so that a report on a finished one finds its order.
std::string NewJobId(const std::string& order_id)
{
    const auto random = ToBase32(RandomBytes(10));
    return order_id.empty() ? random : order_id + '-' + random;
}

std::string Topic(const std::string& operator_id) { return "queue/" + operator_id; }

void MoveRow(pqxx::work& tx, Job& job, const NextStep& next)
{
    tx.exec_params0(kRemove, job.queue_id, job.job_id);
    job.queue_id = LaneFor(tx, next.operator_id, job.subject);
    job.step = next.step;
    job.epoch += 1;
    job.leased = false;
    tx.exec_params0(kPutBack, job.queue_id, job.job_id, job.subject, job.customer_id, job.order_id,
                    job.kind, job.step, job.trace, job.epoch, Millis(next.delay),
                    Millis(next.budget), db::ToSql(next.not_before));
    db::Notify(tx, Topic(next.operator_id));
}

}  // namespace

void Enqueue(pqxx::work& tx, const NewJob& job, const std::string& trace)
{
    tx.exec_params0(kInsert, LaneFor(tx, job.operator_id, job.subject), NewJobId(job.order_id),
                    job.subject, job.customer_id, job.order_id, job.kind, job.step, trace,
                    Millis(job.delay), Millis(job.step_budget));
    db::Notify(tx, Topic(job.operator_id));
}

void Wake(pqxx::work& tx, const std::string& operator_id, const std::string& subject,
          const std::string& kind)
{
    tx.exec_params0(kWake, LaneFor(tx, operator_id, subject), subject, kind);
    db::Notify(tx, Topic(operator_id));
}

std::vector<Job> LeaseJobs(pqxx::work& tx, const LeaseRequest& request)
{
    std::vector<Job> jobs;
    auto lanes = LanesOf(tx, request.operator_id);
    if (lanes.empty() || request.doable.empty()) return jobs;
    const LeaseArrays held{request.held.value_or(std::vector<JobLease>{})};
    const auto turn = static_cast<unsigned char>(RandomBytes(1)[0]) % lanes.size();
    std::rotate(lanes.begin(), lanes.begin() + static_cast<std::ptrdiff_t>(turn), lanes.end());
    for (const auto lane : lanes) {
        const auto left = request.limit - static_cast<int>(jobs.size());
        if (left <= 0) break;
        const auto rows =
            tx.exec_params(kLease, lane, TextArray(request.doable), left, request.worker,
                           Millis(request.lease), request.held.has_value(), held.ids, held.epochs);
        for (const auto& row : rows) jobs.push_back(ReadJob(row));
    }
    return jobs;
}

std::vector<JobLease> KeepLeases(pqxx::work& tx, const LeaseRequest& who,
                                 const std::vector<JobLease>& leases)
{
    std::set<std::pair<std::string, std::uint64_t>> lost;
    for (const auto& lease : leases) lost.emplace(lease.job_id, lease.epoch);
    if (leases.empty()) return {};
    const LeaseArrays held{leases};
    for (const auto lane : LanesOf(tx, who.operator_id)) {
        const auto kept =
            tx.exec_params(kKeep, lane, held.ids, held.epochs, who.worker, Millis(who.lease));
        for (const auto& row : kept) {
            lost.erase({row[0].as<std::string>(), row[1].as<std::uint64_t>()});
        }
    }
    std::vector<JobLease> answer;
    for (const auto& [id, epoch] : lost) answer.push_back({id, epoch});
    return answer;
}

std::optional<Job> FindJob(pqxx::work& tx, const std::string& operator_id,
                           const std::string& job_id)
{
    for (const auto lane : LanesOf(tx, operator_id)) {
        if (auto job = First(tx.exec_params(kFind, lane, job_id))) return job;
    }
    return std::nullopt;
}

std::optional<Job> FindOpenJob(pqxx::work& tx, const std::string& operator_id,
                               const std::string& subject, const std::string& kind)
{
    for (const auto lane : LanesOf(tx, operator_id)) {
        if (auto job = First(tx.exec_params(kFindOpen, lane, subject, kind))) return job;
    }
    return std::nullopt;
}

std::optional<Job> LockJob(pqxx::work& tx, int queue_id, const std::string& job_id)
{
    return First(tx.exec_params(kLock, queue_id, job_id));
}

std::optional<Job> LockHeld(pqxx::work& tx, const Job& job)
{
    auto now = LockJob(tx, job.queue_id, job.job_id);
    if (!now || now->epoch != job.epoch) return std::nullopt;
    return now;
}

void Advance(pqxx::work& tx, Job& job, const NextStep& next)
{
    if (!next.operator_id.empty()) return MoveRow(tx, job, next);
    tx.exec_params0(kAdvance, job.queue_id, job.job_id, next.step, Millis(next.budget));
    job.step = next.step;
    job.attempt = 1;
}

void Become(pqxx::work& tx, Job& job, const std::string& kind, const NextStep& next)
{
    BERTH_ASSERT(!next.operator_id.empty());
    job.kind = kind;
    MoveRow(tx, job, next);
}

void Postpone(pqxx::work& tx, const Job& job, std::chrono::milliseconds delay,
              const std::string& waiting_for)
{
    tx.exec_params0(kPostpone, job.queue_id, job.job_id, Millis(delay), waiting_for);
}

void AwaitOutbox(pqxx::work& tx, const Job& job)
{
    tx.exec_params0(kAwaitOutbox, job.queue_id, job.job_id);
}

void Finish(pqxx::work& tx, const Job& job, const std::string& outcome, const std::string& reason)
{
    tx.exec_params0(kFinish, job.queue_id, job.job_id, outcome, reason);
}

void NoteReport(pqxx::work& tx, const Job& job, int sequence, const std::string& intent)
{
    tx.exec_params0(kNoteReport, job.queue_id, job.job_id, sequence, intent);
}

std::vector<Job> OverdueJobs(pqxx::work& tx, const std::string& kind, int limit)
{
    std::vector<Job> jobs;
    for (const auto& row : tx.exec_params(kOverdue, kind, limit)) jobs.push_back(ReadJob(row));
    return jobs;
}

}  // namespace berth::queue
