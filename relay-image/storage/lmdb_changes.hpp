#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/lmdb_index.hpp"

namespace berth::relay {

/// Adds and removes events within one transaction that writes. Throws LmdbFailure.
class LmdbChanges {
public:
    LmdbChanges(MDB_txn* transaction, const LmdbTables& tables);

    /// Stores an event by the rules for duplicates, deletions and addresses, and does what a
    /// deletion or a request to vanish asks for.
    Verdict Add(const AdmittedEvent& admitted);
    /// Removes an event of this number with all its entries.
    void Remove(std::uint64_t number);

private:
    /// An event about to be stored.
    struct Incoming;

    Verdict Judge(const Incoming& incoming);
    bool WasDeleted(const Incoming& incoming);
    bool RequestedSince(const std::string& key, std::int64_t created_at);
    /// The number of the event kept at an address; 0 for none.
    std::uint64_t NumberAt(const std::string& address_key);
    void Insert(const Incoming& incoming);
    void RemoveTargets(const Incoming& deletion);
    void RemoveAuthor(std::string_view pubkey, std::int64_t until);
    void RemoveWraps(std::string_view pubkey, std::int64_t until);
    void RemoveUntil(const std::string& key, std::int64_t until, std::string_view author);

    MDB_txn* transaction_;
    const LmdbTables& tables_;
    LmdbIndexCursor cursor_;
    std::uint64_t next_number_ = 1;
};

}  // namespace berth::relay
