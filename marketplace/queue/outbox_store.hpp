#pragma once

#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"
#include "marketplace/queue/job_store.hpp"

namespace berth::queue {

/// Adds a message that a step needs on chain; one that is under way or done already is not added.
void AddMessage(pqxx::work& tx, const std::string& operator_id, const std::string& wallet,
                const Job& job, const v1::Transact& transact);
/// The messages of a job and what became of them, oldest first.
std::vector<v1::OutboxMessage> MessagesOf(pqxx::work& tx, const std::string& operator_id,
                                          const std::string& job_id);
/// Takes back what no transaction carries yet; it counts as failed with the error `ABANDONED`.
void AbandonPending(pqxx::work& tx, const std::string& operator_id, const std::string& job_id);

/// What a wallet's actor has to send, oldest first.
std::vector<v1::OutboxMessage> PendingOf(pqxx::work& tx, const std::string& operator_id,
                                         const std::string& wallet);

/// A message may go into a transaction when it is pending.
bool AllPending(pqxx::work& tx, const std::string& operator_id, const std::string& wallet,
                const std::vector<std::uint64_t>& messages);
/// Puts messages into the state `signed` within transaction `hash`.
void MarkSigned(pqxx::work& tx, const std::string& operator_id,
                const std::vector<std::uint64_t>& messages, const std::string& hash);

/// What became of a message; `pending` puts it back for another transaction.
struct Fate {
    std::string state;
    std::int64_t height = 0;
    std::string codespace{};
    int code = 0;
    std::string error{};
};
/// Settles a message; wakes its job when all of its messages are settled. Returns the job's id. One
/// that would be sent again for a job that has become the close of its order counts as abandoned.
std::string Settle(pqxx::work& tx, const std::string& operator_id, std::uint64_t message,
                   const Fate& fate);

}  // namespace berth::queue
