#include "marketplace/orders/step_log_store.hpp"

namespace berth::orders {
namespace {

constexpr auto kAdd = R"sql(
    INSERT INTO step_logs (customer_id, order_id, job_id, epoch, sequence, step, outcome, reason,
                           message)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING)sql";

constexpr auto kHas = R"sql(
    SELECT FROM step_logs
    WHERE customer_id = $1 AND order_id = $2 AND job_id = $3 AND epoch = $4 AND sequence = $5)sql";

constexpr auto kDone = R"sql(
    SELECT DISTINCT step FROM step_logs
    WHERE customer_id = $1 AND order_id = $2 AND job_id = $3 AND outcome = 'done')sql";

}  // namespace

void AddStepLog(pqxx::work& tx, const OrderRow& order, const StepLog& log)
{
    tx.exec_params0(kAdd, order.customer_id, order.order_id, log.key.job_id, log.key.epoch,
                    log.key.sequence, log.step, log.outcome, log.reason, log.message);
}

bool HasStepLog(pqxx::work& tx, const OrderRow& order, const StepLogKey& key)
{
    return !tx.exec_params(kHas, order.customer_id, order.order_id, key.job_id, key.epoch,
                           key.sequence)
                .empty();
}

std::set<std::string> StepsDone(pqxx::work& tx, const OrderRow& order, const std::string& job_id)
{
    std::set<std::string> done;
    for (const auto& row : tx.exec_params(kDone, order.customer_id, order.order_id, job_id)) {
        done.insert(row[0].as<std::string>());
    }
    return done;
}

}  // namespace berth::orders
