#include "relay-image/storage/lmdb_event_store.hpp"

#include <cstring>
#include <limits>

#include "relay-image/storage/lmdb_census.hpp"
#include "relay-image/storage/lmdb_changes.hpp"
#include "relay-image/storage/lmdb_search.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kNothingExpires = std::numeric_limits<std::int64_t>::min();
constexpr std::size_t kMaxExpired = 1000;       ///< Removed in one transaction.
constexpr std::int64_t kMaxSearched = 200'000;  ///< Events that a search looks at, newest first.
constexpr std::size_t kMaxKeyBytes = 511;       ///< LMDB's own.

StoredEvent ToStored(const LmdbRecord& record)
{
    return {.id = std::string{record.id()},
            .created_at = record.created_at(),
            .kind = record.kind(),
            .json = {}};
}

/// Events whose JSON is left out behind so many bytes of it.
std::vector<StoredEvent> ToStored(const std::vector<LmdbRecord>& records, std::size_t bytes)
{
    std::vector<StoredEvent> events;
    events.reserve(records.size());
    for (const auto& record : records) {
        auto& event = events.emplace_back(ToStored(record));
        if (bytes > 0) event.json = record.Json();
        bytes -= std::min(bytes, event.json.size());
    }
    return events;
}

std::size_t ToSize(std::int64_t most)
{
    return static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
}

std::string RecordKey(const std::string& collection, const std::string& key)
{
    return std::string{collection}.append(1, '\0').append(key);
}

Error RecordKeyTooLong()
{
    return Fail(ErrorCode::kInvalid, "RECORD_KEY_TOO_LONG",
                "A record's collection and key have 510 bytes at most.");
}

/// What a table holds under a key.
std::optional<std::string> ValueAt(MDB_txn* transaction, MDB_dbi table, const std::string& key)
{
    auto at = ToValue(key);
    MDB_val value{};
    if (!WasFound(mdb_get(transaction, table, &at, &value))) return std::nullopt;
    return std::string{ToBytes(value)};
}

/// Numbers of the events that have expired at `now`.
std::vector<std::uint64_t> Expired(MDB_txn* transaction, const LmdbTables& tables, std::int64_t now)
{
    std::vector<std::uint64_t> numbers;
    LmdbIndexCursor cursor{transaction, tables};
    bool found = cursor.SeekFrom(index_key::Expiry(), LmdbEntry::Before(0));
    for (; found && numbers.size() < kMaxExpired; found = cursor.Next()) {
        const auto entry = cursor.entry();
        if (entry.created_at() > now) break;
        numbers.push_back(entry.number());
    }
    return numbers;
}

/// Pages of the file that hold nothing now and will be used again.
std::size_t CountFreePages(MDB_txn* transaction)
{
    constexpr MDB_dbi kFreePages = 0;  // LMDB's own table: transaction -> count, page numbers.
    MDB_cursor* opened = nullptr;
    MustSucceed(mdb_cursor_open(transaction, kFreePages, &opened));
    const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> cursor{opened, mdb_cursor_close};
    std::size_t pages = 0;
    MDB_val key{}, value{};
    while (WasFound(mdb_cursor_get(opened, &key, &value, MDB_NEXT))) {
        std::size_t count = 0;
        std::memcpy(&count, value.mv_data, sizeof count);
        pages += count;
    }
    return pages;
}

}  // namespace

LmdbEventStore::LmdbEventStore(std::shared_ptr<LmdbEnvironment> environment)
    : environment_{std::move(environment)}, snapshots_{*environment_}
{
}

template <typename T, typename Read>
Result<T> LmdbEventStore::Reading(Read read)
{
    try {
        const LmdbSnapshots::View view{snapshots_};
        return read(view.handle(), environment_->tables());
    } catch (const LmdbFailure& failure) {
        return ToError(failure, environment_->folder());
    }
}

template <typename T, typename Write>
Result<T> LmdbEventStore::Writing(Write write)
{
    while (true) {
        try {
            LmdbWriteTransaction transaction{*environment_};
            T result = write(transaction.handle(), environment_->tables());
            transaction.Commit();
            return result;
        } catch (const LmdbFailure& failure) {
            if (failure.code != MDB_MAP_FULL) return ToError(failure, environment_->folder());
        }
        try {
            environment_->Grow();
        } catch (const LmdbFailure& failure) {
            return ToError(failure, environment_->folder());
        }
    }
}

Result<void> LmdbEventStore::Migrate()
{
    try {
        environment_->EnsureOpen();
        return {};
    } catch (const LmdbFailure& failure) {
        return ToError(failure, environment_->folder());
    }
}

Result<void> LmdbEventStore::Check()
{
    const auto read = Reading<bool>([](MDB_txn*, const LmdbTables&) { return true; });
    if (!read) return read.error();
    return {};
}

Result<std::vector<Verdict>> LmdbEventStore::Store(std::span<const EventPtr> events)
{
    return Writing<std::vector<Verdict>>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbChanges changes{transaction, tables};
        std::vector<Verdict> verdicts;
        verdicts.reserve(events.size());
        for (const auto& event : events) verdicts.push_back(changes.Add(*event));
        return verdicts;
    });
}

Result<std::vector<StoredEvent>> LmdbEventStore::Find(const Filter& filter,
                                                      const FindLimits& limits, std::int64_t now)
{
    using Events = std::vector<StoredEvent>;
    return Reading<Events>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbSearch search{transaction, tables, filter, now};
        if (filter.search) search.LimitWork(kMaxSearched);
        return ToStored(search.Newest(ToSize(limits.events)), limits.bytes);
    });
}

Result<std::int64_t> LmdbEventStore::Count(const Filter& filter, std::int64_t most,
                                           std::int64_t now)
{
    return Reading<std::int64_t>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbSearch search{transaction, tables, filter, now};
        if (filter.search) search.LimitWork(kMaxSearched);
        return search.Count(most);
    });
}

Result<std::vector<std::string>> LmdbEventStore::Authors(const Filter& filter, std::int64_t most,
                                                         std::int64_t now)
{
    using Keys = std::vector<std::string>;
    return Reading<Keys>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbSearch search{transaction, tables, filter, now};
        if (filter.search) search.LimitWork(kMaxSearched);
        Keys authors;
        for (const auto& record : search.Newest(ToSize(most))) {
            authors.emplace_back(record.pubkey());
        }
        return authors;
    });
}

Result<std::vector<EventKey>> LmdbEventStore::Keys(const Filter& filter, std::int64_t most,
                                                   std::int64_t now)
{
    auto keys = Reading<std::vector<EventKey>>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbSearch search{transaction, tables, filter, now};
        std::vector<EventKey> found;
        for (const auto& record : search.Oldest({}, ToSize(most) + 1)) {
            found.push_back({record.created_at(), std::string{record.id()}});
        }
        return found;
    });
    if (keys && keys->size() > ToSize(most)) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY",
                    "More than " + std::to_string(most) + " events match.");
    }
    return keys;
}

Result<std::vector<StoredEvent>> LmdbEventStore::Page(const Filter& filter, const EventKey& after,
                                                      std::int64_t most)
{
    using Events = std::vector<StoredEvent>;
    return Reading<Events>([&](MDB_txn* transaction, const LmdbTables& tables) {
        LmdbSearch search{transaction, tables, filter, kNothingExpires};
        auto events = ToStored(search.Oldest(after, ToSize(most)), kPageBytes);
        EndAtLeftOut(events);
        return events;
    });
}

Result<std::int64_t> LmdbEventStore::Remove(const Filter& filter, std::int64_t most)
{
    return Writing<std::int64_t>([&](MDB_txn* transaction, const LmdbTables& tables) {
        std::vector<std::string> ids;  // Copies: the records' pages are about to change.
        {
            LmdbSearch search{transaction, tables, filter, kNothingExpires};
            for (const auto& record : search.Oldest({}, ToSize(most)))
                ids.emplace_back(record.id());
        }
        LmdbChanges changes{transaction, tables};
        for (const auto& id : ids) {
            if (const auto number = NumberOf(transaction, tables, id)) changes.Remove(*number);
        }
        return static_cast<std::int64_t>(ids.size());
    });
}

Result<std::int64_t> LmdbEventStore::RemoveExpired(std::int64_t now)
{
    const auto any = Reading<bool>([&](MDB_txn* transaction, const LmdbTables& tables) {
        return !Expired(transaction, tables, now).empty();
    });
    if (!any) return any.error();
    if (!*any) return 0;
    return Writing<std::int64_t>([&](MDB_txn* transaction, const LmdbTables& tables) {
        const auto numbers = Expired(transaction, tables, now);
        LmdbChanges changes{transaction, tables};
        for (const auto number : numbers) changes.Remove(number);
        return static_cast<std::int64_t>(numbers.size());
    });
}

Result<void> LmdbEventStore::PutRecord(const std::string& collection, const std::string& key,
                                       const std::string& json)
{
    const auto whole = RecordKey(collection, key);
    if (whole.size() > kMaxKeyBytes) return RecordKeyTooLong();
    const auto put = Writing<bool>([&](MDB_txn* transaction, const LmdbTables& tables) {
        auto at = ToValue(whole), value = ToValue(json);
        MustSucceed(mdb_put(transaction, tables.records, &at, &value, 0));
        return true;
    });
    if (!put) return put.error();
    return {};
}

Result<void> LmdbEventStore::EraseRecord(const std::string& collection, const std::string& key)
{
    const auto whole = RecordKey(collection, key);
    if (whole.size() > kMaxKeyBytes) return {};
    const auto erased = Writing<bool>([&](MDB_txn* transaction, const LmdbTables& tables) {
        auto at = ToValue(whole);
        return WasFound(mdb_del(transaction, tables.records, &at, nullptr));
    });
    if (!erased) return erased.error();
    return {};
}

Result<bool> LmdbEventStore::SwapRecord(const std::string& collection, const std::string& key,
                                        const std::optional<std::string>& before,
                                        const std::optional<std::string>& after)
{
    const auto whole = RecordKey(collection, key);
    if (whole.size() > kMaxKeyBytes) return RecordKeyTooLong();
    return Writing<bool>([&](MDB_txn* transaction, const LmdbTables& tables) {
        if (ValueAt(transaction, tables.records, whole) != before) return false;
        auto at = ToValue(whole);
        if (after) {
            auto value = ToValue(*after);
            MustSucceed(mdb_put(transaction, tables.records, &at, &value, 0));
        } else if (before) {
            MustSucceed(mdb_del(transaction, tables.records, &at, nullptr));
        }
        return true;
    });
}

Result<std::optional<std::string>> LmdbEventStore::LoadRecord(const std::string& collection,
                                                              const std::string& key)
{
    const auto whole = RecordKey(collection, key);
    if (whole.size() > kMaxKeyBytes) return RecordKeyTooLong();
    return Reading<std::optional<std::string>>([&](MDB_txn* transaction, const LmdbTables& tables) {
        return ValueAt(transaction, tables.records, whole);
    });
}

Result<std::vector<Record>> LmdbEventStore::LoadRecords(const std::string& collection)
{
    const auto prefix = RecordKey(collection, "");
    using Records = std::vector<Record>;
    return Reading<Records>([&](MDB_txn* transaction, const LmdbTables& tables) {
        MDB_cursor* opened = nullptr;
        MustSucceed(mdb_cursor_open(transaction, tables.records, &opened));
        const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> cursor{opened,
                                                                              mdb_cursor_close};
        Records records;
        auto key = ToValue(prefix);
        MDB_val json{};
        bool found = WasFound(mdb_cursor_get(opened, &key, &json, MDB_SET_RANGE));
        for (; found && ToBytes(key).starts_with(prefix);
             found = WasFound(mdb_cursor_get(opened, &key, &json, MDB_NEXT))) {
            records.push_back(
                {std::string{ToBytes(key).substr(prefix.size())}, std::string{ToBytes(json)}});
        }
        return records;
    });
}

Result<StoreFigures> LmdbEventStore::Measure()
{
    return Reading<StoreFigures>([&](MDB_txn* transaction, const LmdbTables& tables) {
        MDB_stat events{};
        MDB_envinfo whole{};
        MustSucceed(mdb_stat(transaction, tables.events, &events));
        MustSucceed(mdb_env_info(environment_->handle(), &whole));
        const auto used = whole.me_last_pgno + 1 - CountFreePages(transaction);
        return StoreFigures{.events = static_cast<std::int64_t>(events.ms_entries),
                            .database_bytes = static_cast<std::int64_t>(used * events.ms_psize)};
    });
}

Result<KindCensus> LmdbEventStore::CountKinds(std::int64_t most)
{
    return Reading<KindCensus>([&](MDB_txn* transaction, const LmdbTables& tables) {
        return CountLmdbKinds(transaction, tables, ToSize(most));
    });
}

Result<void> LmdbEventStore::Compact()
{
    const auto in_use = Fail(ErrorCode::kPrecondition, "DATABASE_IN_USE",
                             environment_->folder().string() + ": stop its relay first.");
    if (environment_.use_count() > 1) return in_use;
    try {
        snapshots_.Forget();
        return environment_->Compact() ? Result<void>{} : in_use;
    } catch (const LmdbFailure& failure) {
        return ToError(failure, environment_->folder());
    }
}

}  // namespace berth::relay
