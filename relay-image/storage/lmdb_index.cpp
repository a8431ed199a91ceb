#include "relay-image/storage/lmdb_index.hpp"

#include <cstring>

#include "core/base/assert.hpp"

namespace berth::relay {
namespace {

std::uint64_t NumberIn(const MDB_val& value)
{
    std::uint64_t number = 0;
    BERTH_ASSERT(value.mv_size == sizeof number);
    std::memcpy(&number, value.mv_data, sizeof number);
    return number;
}

}  // namespace

LmdbIndexCursor::LmdbIndexCursor(MDB_txn* transaction, const LmdbTables& tables)
{
    MDB_cursor* cursor = nullptr;
    MustSucceed(mdb_cursor_open(transaction, tables.index, &cursor));
    cursor_.reset(cursor);
}

bool LmdbIndexCursor::SeekFrom(const std::string& key, const LmdbEntry& from)
{
    auto at = ToValue(key);
    entry_ = ToValue(from.bytes());
    return WasFound(mdb_cursor_get(cursor_.get(), &at, &entry_, MDB_GET_BOTH_RANGE));
}

bool LmdbIndexCursor::SeekBefore(const std::string& key, const LmdbEntry& end)
{
    return SeekFrom(key, end) ? Previous() : SeekLast(key);
}

bool LmdbIndexCursor::SeekLast(const std::string& key)
{
    auto at = ToValue(key);
    if (!WasFound(mdb_cursor_get(cursor_.get(), &at, &entry_, MDB_SET))) return false;
    return Move(MDB_LAST_DUP);
}

std::size_t LmdbIndexCursor::Count(const std::string& key)
{
    auto at = ToValue(key);
    if (!WasFound(mdb_cursor_get(cursor_.get(), &at, &entry_, MDB_SET))) return 0;
    std::size_t count = 0;
    MustSucceed(mdb_cursor_count(cursor_.get(), &count));
    return count;
}

void LmdbIndexCursor::Insert(const std::string& key, const LmdbEntry& entry)
{
    // At the end of its list an entry opens a new page instead of halving the full one.
    const bool last = SeekLast(key) && ToBytes(entry_) < entry.bytes();
    auto at = ToValue(key), value = ToValue(entry.bytes());
    MustSucceed(mdb_cursor_put(cursor_.get(), &at, &value, last ? MDB_APPENDDUP : 0));
}

void LmdbIndexCursor::Erase(const std::string& key, const LmdbEntry& entry)
{
    auto at = ToValue(key), value = ToValue(entry.bytes());
    MustSucceed(mdb_cursor_get(cursor_.get(), &at, &value, MDB_GET_BOTH));
    MustSucceed(mdb_cursor_del(cursor_.get(), 0));
}

bool LmdbIndexCursor::Move(MDB_cursor_op operation)
{
    MDB_val key{};
    return WasFound(mdb_cursor_get(cursor_.get(), &key, &entry_, operation));
}

LmdbRecord RecordOf(MDB_txn* transaction, const LmdbTables& tables, std::uint64_t number)
{
    MDB_val key{.mv_size = sizeof number, .mv_data = &number}, record{};
    if (!WasFound(mdb_get(transaction, tables.events, &key, &record))) {
        throw LmdbFailure{MDB_CORRUPTED};
    }
    return LmdbRecord{ToBytes(record)};
}

std::optional<std::uint64_t> NumberOf(MDB_txn* transaction, const LmdbTables& tables,
                                      std::string_view id)
{
    auto head = IdKey(id);
    MDB_val key{.mv_size = sizeof head, .mv_data = &head}, value{};
    if (!WasFound(mdb_get(transaction, tables.ids, &key, &value))) return std::nullopt;
    const auto first = NumberIn(value);
    if (RecordOf(transaction, tables, first).id() == id) return first;
    MDB_cursor* opened = nullptr;  // Other ids share the head.
    MustSucceed(mdb_cursor_open(transaction, tables.ids, &opened));
    const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> cursor{opened, mdb_cursor_close};
    bool found = WasFound(mdb_cursor_get(opened, &key, &value, MDB_SET));
    while (found) {
        const auto number = NumberIn(value);
        if (RecordOf(transaction, tables, number).id() == id) return number;
        found = WasFound(mdb_cursor_get(opened, &key, &value, MDB_NEXT_DUP));
    }
    return std::nullopt;
}

std::uint64_t IdKey(std::string_view id)
{
    std::uint64_t key = 0;
    std::memcpy(&key, id.data(), sizeof key);
    return key;
}

}  // namespace berth::relay
