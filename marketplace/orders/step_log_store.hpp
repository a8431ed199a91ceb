#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <pqxx/pqxx>

#include "marketplace/orders/order.hpp"

namespace berth::orders {

/// One report: a job's lease and the number within it.
struct StepLogKey {
    std::string job_id;
    std::uint64_t epoch = 0;
    std::uint32_t sequence = 0;
};

/// What a worker said that a step came to.
struct StepLog {
    StepLogKey key;
    std::string step;
    std::string outcome;
    std::string reason;
    std::string message;
};

/// Keeps one attempt at a step.
void AddStepLog(pqxx::work& tx, const OrderRow& order, const StepLog& log);
/// True if that report was kept before.
bool HasStepLog(pqxx::work& tx, const OrderRow& order, const StepLogKey& key);
/// Names of the steps that workers have done of a job.
std::set<std::string> StepsDone(pqxx::work& tx, const OrderRow& order, const std::string& job_id);

}  // namespace berth::orders
