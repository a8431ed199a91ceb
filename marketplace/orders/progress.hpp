#pragma once

#include <optional>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"
#include "core/base/error.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/settings.hpp"
#include "marketplace/orders/steps.hpp"
#include "marketplace/queue/job_store.hpp"
#include "marketplace/queue/settings.hpp"

namespace berth::orders {

/// The settings that decide how a job goes on.
struct ProgressRules {
    const Settings& orders;
    const queue::Settings& queue;
};

/// Who reports.
struct Reporter {
    std::string operator_id;
    std::string worker;
};

/// Takes one report of a worker, in one transaction: the step's log, its facts and secrets, what
/// the order becomes, the job's next step or its end. A report under a stale epoch, on another
/// step, or that was taken before changes nothing. Only a database fault is an Error.
Result<v1::StepAnswer> RecordStep(pqxx::work& tx, const ProgressRules& rules,
                                  const Reporter& reporter, const v1::StepReport& report, Time now);

/// The open job of an order that a report is about, read without a lock; nothing where the reporter
/// has none such.
std::optional<queue::Job> FindReported(pqxx::work& tx, const Reporter& reporter,
                                       const v1::StepReport& report);

/// That a step took longer than its budget.
Error StepOverdue(const queue::Job& job, const std::string& waiting_for);

/// The job (locked, of a locked order) has finished `step`: goes on with the step after it, or
/// ends.
void GoOn(pqxx::work& tx, const ProgressRules& rules, OrderRow& order, queue::Job& job,
          const StepRow& step);
/// The `provision` job cannot reach its end: the order ends and its customer learns why. Jobs of
/// other kinds are never given up, since what was rented has to be metered and closed.
Result<void> GiveUp(pqxx::work& tx, OrderRow& order, const queue::Job& job, const Error& why,
                    Time now);

}  // namespace berth::orders
