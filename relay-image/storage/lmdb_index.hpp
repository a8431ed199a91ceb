#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "relay-image/storage/lmdb_entry.hpp"
#include "relay-image/storage/lmdb_environment.hpp"
#include "relay-image/storage/lmdb_record.hpp"

namespace berth::relay {

/// Walks the entries of one index key, in either direction. Belongs to one transaction and ends
/// before it. Throws LmdbFailure.
class LmdbIndexCursor {
public:
    LmdbIndexCursor(MDB_txn* transaction, const LmdbTables& tables);

    /// To the first entry at `from` or later; false if there is none.
    bool SeekFrom(const std::string& key, const LmdbEntry& from);
    /// To the last entry before `end`.
    bool SeekBefore(const std::string& key, const LmdbEntry& end);
    bool SeekLast(const std::string& key);
    bool Next() { return Move(MDB_NEXT_DUP); }
    bool Previous() { return Move(MDB_PREV_DUP); }
    LmdbEntry entry() const { return LmdbEntry{ToBytes(entry_)}; }
    /// How many entries stand under a key.
    std::size_t Count(const std::string& key);
    /// Adds an entry; of a transaction that writes.
    void Insert(const std::string& key, const LmdbEntry& entry);
    void Erase(const std::string& key, const LmdbEntry& entry);

private:
    struct Closer {
        void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
    };

    bool Move(MDB_cursor_op operation);

    std::unique_ptr<MDB_cursor, Closer> cursor_;
    MDB_val entry_{};
};

/// The record of an event number; the index is wrong if there is none. Throws LmdbFailure.
LmdbRecord RecordOf(MDB_txn* transaction, const LmdbTables& tables, std::uint64_t number);

/// The number of the event with this id (32 bytes). Throws LmdbFailure.
std::optional<std::uint64_t> NumberOf(MDB_txn* transaction, const LmdbTables& tables,
                                      std::string_view id);

/// The first 8 bytes of an id as the key of LmdbTables::ids.
std::uint64_t IdKey(std::string_view id);

}  // namespace berth::relay
