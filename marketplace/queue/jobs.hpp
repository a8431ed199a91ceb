#pragma once

#include <chrono>
#include <string>

#include <pqxx/pqxx>

#include "core/base/error.hpp"

namespace berth::queue {

/// A job to be done for a subject, by an operator's worker or by the marketplace.
struct NewJob {
    std::string operator_id;  ///< `marketplace` for our own.
    std::string subject;      ///< `orders/{id}`, `channels/{rail}-{id}`, `wallets/{address}`.
    std::string customer_id;
    std::string order_id;
    std::string kind;  ///< `provision`, `meter_lease`, `close`, `recognise`, `observe_channel`, ...
    std::string step;
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds step_budget{0};  ///< 0 for none.
};

/// Adds a job within the caller's transaction and wakes its executor at commit. One open job per
/// (subject, kind): a second is not added. `trace` goes on with the job.
void Enqueue(pqxx::work& tx, const NewJob& job, const std::string& trace);

/// Makes an open job due now, if there is one; a leased job runs again as soon as it is reported.
void Wake(pqxx::work& tx, const std::string& operator_id, const std::string& subject,
          const std::string& kind);

}  // namespace berth::queue
