#pragma once

#include <vector>

#include "marketplace/db/database.hpp"
#include "marketplace/orders/progress.hpp"

namespace berth::orders {

/// Takes a worker's reports, all in one transaction, and answers each, in their order. A report
/// that the database refuses costs its neighbours nothing: then each is taken in a transaction of
/// its own. After an unknown COMMIT that is also how to look: what was taken is answered so.
/// Errors of an answer: those of Database::Transact.
std::vector<Result<v1::StepAnswer>> RecordBatch(
    db::Database& database, const ProgressRules& rules, const Reporter& reporter,
    const google::protobuf::RepeatedPtrField<v1::StepReport>& reports, Time now);

}  // namespace berth::orders
