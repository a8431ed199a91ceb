#pragma once

#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "berth/v1/worker_service.pb.h"

namespace berth::queue {

/// Keeps what a worker said it can do; a second registration of the name replaces the first.
void RegisterWorker(pqxx::work& tx, const std::string& operator_id,
                    const v1::RegisterWorkerRequest& worker);
/// What a registered worker can do, and notes that it was seen; nothing for an unknown one.
std::optional<v1::RegisterWorkerRequest> SeeWorker(pqxx::work& tx, const std::string& operator_id,
                                                   const std::string& worker);

}  // namespace berth::queue
