#pragma once

#include <vector>

#include "relay-image/storage/postgres_connection.hpp"
#include "relay-image/storage/write_batch.hpp"

namespace berth::relay {

/// The statements of the transaction that stores a batch and applies its deletions.
std::vector<Statement> WritingStatements(const WriteBatch& batch);

/// The verdicts of the batch's parts, from the answers to all of its statements.
std::vector<Verdict> VerdictsOf(const std::vector<Statement>& statements,
                                const std::vector<Rows>& answers);

}  // namespace berth::relay
