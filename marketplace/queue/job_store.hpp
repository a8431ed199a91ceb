#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "marketplace/queue/jobs.hpp"

namespace berth::queue {

/// The operator's name of the marketplace's own queue.
constexpr auto kMarketplace = "marketplace";

/// A row of `jobs`.
struct Job {
    int queue_id = 0;
    std::string job_id;
    std::string subject;
    std::string customer_id;
    std::string order_id;
    std::string kind;
    std::string step;
    std::uint64_t epoch = 0;
    int sequence = 0;  ///< Of the last report under this epoch.
    int attempt = 0;   ///< At this step.
    std::string worker;
    Time leased_until;
    Time step_deadline;
    bool step_overdue = false;  ///< By the database's clock, when it was read.
    bool leased = false;        ///< Likewise.
    std::string trace;
};

/// A lease by job and epoch.
struct JobLease {
    std::string job_id;
    std::uint64_t epoch = 0;
};

/// Who leases which jobs, for how long.
struct LeaseRequest {
    std::string operator_id;
    std::string worker;
    int limit = 1;
    std::vector<std::string> doable;  ///< `kind/step`; only these.
    std::chrono::milliseconds lease{0};
    /// All that the worker knows it holds: what is leased to it beyond these was leased by an
    /// answer that it never got, and counts as due. Unset where the worker does not tell.
    std::optional<std::vector<JobLease>> held{};
};

/// All within the caller's transaction. A job is read with LockJob, compared with the epoch that
/// the caller holds, then changed: nothing here checks an epoch again.

/// Leases due jobs, each under a new epoch; the operator's lanes take turns.
std::vector<Job> LeaseJobs(pqxx::work& tx, const LeaseRequest& request);
/// Extends the leases that still stand; returns those that do not.
std::vector<JobLease> KeepLeases(pqxx::work& tx, const LeaseRequest& who,
                                 const std::vector<JobLease>& leases);

/// Reads without a lock: an operator's job or, with `kMarketplace`, one of our own.
std::optional<Job> FindJob(pqxx::work& tx, const std::string& operator_id,
                           const std::string& job_id);
/// The job of a subject and kind that is open, in whatever queue of this operator.
std::optional<Job> FindOpenJob(pqxx::work& tx, const std::string& operator_id,
                               const std::string& subject, const std::string& kind);
/// Reads and locks; nothing where it is finished or has moved to another queue.
std::optional<Job> LockJob(pqxx::work& tx, int queue_id, const std::string& job_id);
/// Locks `job` if it is still held under the same epoch; nothing where it was lost.
std::optional<Job> LockHeld(pqxx::work& tx, const Job& job);

/// Where a job goes on.
struct NextStep {
    std::string step;
    std::string operator_id;  ///< Empty: its executor and its lease stay.
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds budget{0};  ///< 0 for none.
    std::optional<Time> not_before{};     ///< Of the database's clock.
};
/// Goes on at another step; without a new executor it stays leased under the same epoch.
void Advance(pqxx::work& tx, Job& job, const NextStep& next);
/// Goes on as another kind of job under the same id, so that what it has on chain stays its own.
void Become(pqxx::work& tx, Job& job, const std::string& kind, const NextStep& next);
/// Ends the lease; due again after `delay`. `attempted` false: does not count as an attempt.
void Postpone(pqxx::work& tx, const Job& job, std::chrono::milliseconds delay,
              const std::string& waiting_for);
/// Ends the lease; due again when the fate of its messages is known.
void AwaitOutbox(pqxx::work& tx, const Job& job);
/// Moves the job into the history.
void Finish(pqxx::work& tx, const Job& job, const std::string& outcome, const std::string& reason);
/// Notes that a report was taken, and what is about to be done.
void NoteReport(pqxx::work& tx, const Job& job, int sequence, const std::string& intent);

/// Jobs of `kind` whose step is overdue and that nobody holds, of all operators; a few at a time.
std::vector<Job> OverdueJobs(pqxx::work& tx, const std::string& kind, int limit);

}  // namespace berth::queue
