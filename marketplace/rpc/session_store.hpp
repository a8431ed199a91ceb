#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/error.hpp"
#include "marketplace/db/database.hpp"

namespace berth::rpc {

/// Sessions, NIP-98 events that were presented, and who is an operator: what authentication asks
/// the database. Times are the database's. Thread-safe. Errors of all: those of Database::Transact.
class SessionStore {
public:
    explicit SessionStore(db::Database& database) : database_{database} {}

    /// Remembers a NIP-98 event for `keep`; false if it was presented before.
    Result<bool> Present(const std::string& event_id, std::chrono::seconds keep);
    /// Keeps the hash of a token; answers when it expires, in microseconds since 1970.
    Result<std::int64_t> Open(const std::string& token_hash, const std::string& pubkey,
                              std::chrono::seconds lifetime);
    /// The key whose token this is the hash of; nothing if there is none or it has expired.
    Result<std::optional<std::string>> Find(const std::string& token_hash);
    Result<bool> IsOperator(const std::string& pubkey);
    /// Does the database answer?
    bool Answers();
    /// Deletes what has expired.
    Result<void> Sweep();

private:
    db::Database& database_;
};

}  // namespace berth::rpc
