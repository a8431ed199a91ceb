#include "marketplace/orders/report_batch.hpp"

#include <set>
#include <tuple>

#include "core/base/failpoint.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::orders {
namespace {

using Answers = std::vector<Result<v1::StepAnswer>>;
using Reports = google::protobuf::RepeatedPtrField<v1::StepReport>;

std::string BoundaryOf(const v1::StepReport& report) { return "market.record." + report.step(); }

/// Channels, then orders, then jobs, each by id: two batches never wait in a ring.
void LockAll(pqxx::work& tx, const Reporter& reporter, const Reports& reports)
{
    std::set<std::pair<std::string, std::string>> orders;
    std::set<std::pair<int, std::string>> jobs;
    for (const auto& report : reports) {
        const auto job = FindReported(tx, reporter, report);
        if (!job) continue;
        orders.emplace(job->customer_id, job->order_id);
        jobs.emplace(job->queue_id, job->job_id);
    }
    payments::LockHoldChannels(tx, {orders.begin(), orders.end()});
    for (const auto& [customer_id, order_id] : orders) LockOrder(tx, customer_id, order_id);
    for (const auto& [queue_id, job_id] : jobs) queue::LockJob(tx, queue_id, job_id);
}

/// One report made the whole transaction fail, or it is not known whether it failed.
bool AreTakenAlone(const Reports& reports, const Error& error)
{
    if (error.code == ErrorCode::kUnknown) return true;
    return reports.size() > 1 && error.code != ErrorCode::kUnavailable;
}

}  // namespace

Answers RecordBatch(db::Database& database, const ProgressRules& rules, const Reporter& reporter,
                    const Reports& reports, Time now)
{
    const auto record = [&](pqxx::work& tx, const v1::StepReport& report) {
        auto answer = RecordStep(tx, rules, reporter, report, now);
        Failpoint(BoundaryOf(report) + ".before_commit");
        return answer;
    };
    const auto batch = database.Transact<Answers>([&](pqxx::work& tx) -> Result<Answers> {
        if (reports.size() > 1) LockAll(tx, reporter, reports);
        Answers answers;
        for (const auto& report : reports) {
            answers.push_back(record(tx, report));
            if (!answers.back()) return answers.back().error();
        }
        return answers;
    });
    const bool alone = !batch && AreTakenAlone(reports, batch.error());
    Answers answers;
    if (batch) answers = *batch;
    for (int i = 0; i < reports.size(); ++i) {
        const auto& report = reports[i];
        if (alone) {
            answers.push_back(database.Transact<v1::StepAnswer>(
                [&](pqxx::work& tx) { return record(tx, report); }));
        } else if (!batch) {
            answers.emplace_back(batch.error());
        }
        Failpoint(BoundaryOf(report) + ".after_commit");
    }
    return answers;
}

}  // namespace berth::orders
