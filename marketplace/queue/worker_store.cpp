#include "marketplace/queue/worker_store.hpp"

#include "marketplace/db/values.hpp"

namespace berth::queue {
namespace {

constexpr auto kRegister = R"sql(
    INSERT INTO workers (operator_id, worker, protocol, software, abilities)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (operator_id, worker) DO UPDATE
    SET protocol = excluded.protocol, software = excluded.software, abilities = excluded.abilities,
        registered_at = now(), seen_at = now())sql";

constexpr auto kSee = R"sql(
    SELECT abilities FROM workers WHERE operator_id = $1 AND worker = $2)sql";

constexpr auto kNoteSeen = R"sql(
    UPDATE workers SET seen_at = now()
    WHERE operator_id = $1 AND worker = $2 AND seen_at < now() - interval '15 seconds')sql";

}  // namespace

void RegisterWorker(pqxx::work& tx, const std::string& operator_id,
                    const v1::RegisterWorkerRequest& worker)
{
    tx.exec_params0(kRegister, operator_id, worker.worker(), worker.protocol(), worker.software(),
                    db::ToBytes(worker));
}

std::optional<v1::RegisterWorkerRequest> SeeWorker(pqxx::work& tx, const std::string& operator_id,
                                                   const std::string& worker)
{
    const auto rows = tx.exec_params(kSee, operator_id, worker);
    if (rows.empty()) return std::nullopt;
    tx.exec_params0(kNoteSeen, operator_id, worker);
    return db::ReadMessage<v1::RegisterWorkerRequest>(rows[0][0]);
}

}  // namespace berth::queue
