#include "marketplace/queue/outbox_store.hpp"

#include "marketplace/db/listener.hpp"

namespace berth::queue {
namespace {

constexpr auto kAdd = R"sql(
    INSERT INTO outbox_messages (operator_id, wallet, queue_id, job_id, epoch, kind, body, state)
    SELECT $1, $2, $3, $4, $5, $6, $7, 'pending'
    WHERE NOT EXISTS (SELECT FROM outbox_messages
                      WHERE operator_id = $1 AND job_id = $4 AND kind = $6 AND body = $7
                        AND state <> 'failed'))sql";

#define BERTH_MESSAGE_COLUMNS \
    "message_id, wallet, kind, body, state, tx_hash, height, codespace, code, error, job_id "

constexpr auto kOfJob = "SELECT " BERTH_MESSAGE_COLUMNS
                        "FROM outbox_messages WHERE operator_id = $1 AND job_id = $2 "
                        "ORDER BY message_id";
constexpr auto kPending = "SELECT " BERTH_MESSAGE_COLUMNS
                          "FROM outbox_messages WHERE operator_id = $1 AND wallet = $2 "
                          "AND state = 'pending' ORDER BY message_id LIMIT 50";

constexpr auto kAbandon = R"sql(
    UPDATE outbox_messages SET state = 'failed', error = 'ABANDONED'
    WHERE operator_id = $1 AND job_id = $2 AND state = 'pending')sql";

constexpr auto kLockPending = R"sql(
    SELECT message_id FROM outbox_messages
    WHERE operator_id = $1 AND message_id = $2 AND wallet = $3 AND state = 'pending'
    FOR UPDATE)sql";

constexpr auto kMarkSigned = R"sql(
    UPDATE outbox_messages SET state = 'signed', tx_hash = $3
    WHERE operator_id = $1 AND message_id = $2)sql";

constexpr auto kSettle = R"sql(
    UPDATE outbox_messages SET state = $3, height = $4, codespace = $5, code = $6, error = $7
    WHERE operator_id = $1 AND message_id = $2
    RETURNING queue_id, job_id)sql";

/// What a job wanted before it became the one that undoes it is wanted no more.
constexpr auto kDropOutlived = R"sql(
    UPDATE outbox_messages SET state = 'failed', error = 'ABANDONED'
    WHERE operator_id = $1 AND message_id = $2 AND state = 'pending'
      AND kind <> 'close_deployment'
      AND EXISTS (SELECT FROM jobs WHERE jobs.queue_id = outbox_messages.queue_id
                                         AND jobs.job_id = outbox_messages.job_id
                                         AND jobs.kind = 'close'))sql";

constexpr auto kWakeJob = R"sql(
    UPDATE jobs SET run_at = now(), waiting_for = ''
    WHERE queue_id = $2 AND job_id = $3 AND run_at = 'infinity' AND NOT EXISTS (
        SELECT FROM outbox_messages
        WHERE operator_id = $1 AND outbox_messages.job_id = $3
          AND state IN ('pending', 'signed')))sql";

std::vector<v1::OutboxMessage> ReadMessages(const pqxx::result& rows)
{
    std::vector<v1::OutboxMessage> messages;
    for (const auto& row : rows) {
        auto& message = messages.emplace_back();
        message.set_id(row["message_id"].as<std::uint64_t>());
        message.set_wallet(row["wallet"].as<std::string>());
        message.set_kind(row["kind"].as<std::string>());
        message.set_body(row["body"].as<std::string>());
        message.set_state(row["state"].as<std::string>());
        message.set_tx_hash(row["tx_hash"].as<std::string>());
        message.set_height(row["height"].as<std::int64_t>());
        message.set_codespace(row["codespace"].as<std::string>());
        message.set_code(row["code"].as<int>());
        message.set_error(row["error"].as<std::string>());
        message.set_job("jobs/" + row["job_id"].as<std::string>());
    }
    return messages;
}

}  // namespace

void AddMessage(pqxx::work& tx, const std::string& operator_id, const std::string& wallet,
                const Job& job, const v1::Transact& transact)
{
    tx.exec_params0(kAdd, operator_id, wallet, job.queue_id, job.job_id, job.epoch, transact.kind(),
                    transact.body());
    db::Notify(tx, "wallet/" + wallet);
}

std::vector<v1::OutboxMessage> MessagesOf(pqxx::work& tx, const std::string& operator_id,
                                          const std::string& job_id)
{
    return ReadMessages(tx.exec_params(kOfJob, operator_id, job_id));
}

void AbandonPending(pqxx::work& tx, const std::string& operator_id, const std::string& job_id)
{
    tx.exec_params0(kAbandon, operator_id, job_id);
}

std::vector<v1::OutboxMessage> PendingOf(pqxx::work& tx, const std::string& operator_id,
                                         const std::string& wallet)
{
    return ReadMessages(tx.exec_params(kPending, operator_id, wallet));
}

bool AllPending(pqxx::work& tx, const std::string& operator_id, const std::string& wallet,
                const std::vector<std::uint64_t>& messages)
{
    for (const auto message : messages) {
        if (tx.exec_params(kLockPending, operator_id, message, wallet).empty()) return false;
    }
    return !messages.empty();
}

void MarkSigned(pqxx::work& tx, const std::string& operator_id,
                const std::vector<std::uint64_t>& messages, const std::string& hash)
{
    for (const auto message : messages) tx.exec_params0(kMarkSigned, operator_id, message, hash);
}

std::string Settle(pqxx::work& tx, const std::string& operator_id, std::uint64_t message,
                   const Fate& fate)
{
    const auto row = tx.exec_params1(kSettle, operator_id, message, fate.state, fate.height,
                                     fate.codespace, fate.code, fate.error);
    const auto job_id = row["job_id"].as<std::string>();
    if (fate.state == "pending") tx.exec_params0(kDropOutlived, operator_id, message);
    tx.exec_params0(kWakeJob, operator_id, row["queue_id"].as<int>(), job_id);
    db::Notify(tx, "queue/" + operator_id);
    return job_id;
}

}  // namespace berth::queue
