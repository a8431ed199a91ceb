#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <utility>

#include <lmdb.h>

#include "core/base/error.hpp"

namespace berth::relay {

/// A call of LMDB that failed. Thrown and caught within the LMDB storage only.
struct LmdbFailure {
    int code = 0;
};

/// Throws LmdbFailure unless the call succeeded.
void MustSucceed(int code);
/// True if something was found; throws LmdbFailure if the call failed otherwise.
bool WasFound(int code);
/// What a caller of the store is told. Errors: kUnavailable `DATABASE_UNAVAILABLE` (the folder or
/// its disk), kInternal `DATABASE_REFUSED`.
Error ToError(const LmdbFailure& failure, const std::filesystem::path& folder);

/// The tables of the database file.
struct LmdbTables {
    MDB_dbi events = 0;   ///< Event number -> record, see lmdb_record.hpp.
    MDB_dbi ids = 0;      ///< First 8 bytes of the id -> event numbers.
    MDB_dbi index = 0;    ///< Index key -> entries in the order of time, see lmdb_entry.hpp.
    MDB_dbi records = 0;  ///< Collection, NUL, key -> JSON.
};

/// One LMDB folder, opened once in a process and shared by all of its stores. Other processes may
/// have it open too. The map grows by doubling when it is full, without a restart. Thread-safe.
class LmdbEnvironment {
public:
    static constexpr std::size_t kFirstMapBytes = std::size_t{1} << 30;

    /// Opens nothing yet.
    explicit LmdbEnvironment(std::filesystem::path folder, std::size_t map_bytes = kFirstMapBytes);
    ~LmdbEnvironment();
    LmdbEnvironment(const LmdbEnvironment&) = delete;
    LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

    /// Opens the folder, and makes it and its tables where they are missing. Idempotent. Throws
    /// LmdbFailure.
    void EnsureOpen();
    /// Doubles the map, or adopts what another process made of it. Waits for running reads; the
    /// caller holds no transaction. Throws LmdbFailure.
    void Grow();
    void AdoptSize();
    /// Writes the database anew without its free pages and takes that in its place; false if
    /// another process has the folder open. No transaction and no snapshot may be left. Throws
    /// LmdbFailure.
    bool Compact();

    /// Held during every transaction, so that the map stays where it is.
    std::shared_lock<std::shared_mutex> Hold();
    MDB_env* handle() const { return handle_; }
    const LmdbTables& tables() const { return tables_; }
    const std::filesystem::path& folder() const { return folder_; }

private:
    void Open();
    void OpenTables();
    void Close();
    void Rewrite();
    void Resize(bool grow);

    const std::filesystem::path folder_;
    std::size_t map_bytes_;
    std::mutex opening_;
    std::atomic<bool> open_ = false;
    int in_use_ = -1;  ///< A file that every process locks while it has the folder open.
    MDB_env* handle_ = nullptr;
    LmdbTables tables_;
    std::mutex resizing_;  ///< Held while the map changes: new reads wait behind it.
    std::atomic<bool> resizes_ = false;
    std::shared_mutex mapped_;
};

/// A transaction that writes; taken back unless committed.
class LmdbWriteTransaction {
public:
    /// Waits for other writers. Throws LmdbFailure.
    explicit LmdbWriteTransaction(LmdbEnvironment& environment);
    ~LmdbWriteTransaction();
    LmdbWriteTransaction(const LmdbWriteTransaction&) = delete;
    LmdbWriteTransaction& operator=(const LmdbWriteTransaction&) = delete;

    MDB_txn* handle() const { return handle_; }
    /// Durable on return. Throws LmdbFailure.
    void Commit();

private:
    MDB_txn* handle_ = nullptr;
    std::shared_lock<std::shared_mutex> held_;
};

/// The snapshots that one store reads, one after the other, through one reader's place.
class LmdbSnapshots {
public:
    explicit LmdbSnapshots(LmdbEnvironment& environment) : environment_{environment} {}
    ~LmdbSnapshots();
    LmdbSnapshots(const LmdbSnapshots&) = delete;
    LmdbSnapshots& operator=(const LmdbSnapshots&) = delete;

    /// Gives the reader's place back until the next view.
    void Forget();

    /// The newest snapshot, for as long as the object lives; one at a time. What is read from it
    /// points into the map.
    class View {
    public:
        /// Throws LmdbFailure.
        explicit View(LmdbSnapshots& snapshots);
        ~View();
        View(const View&) = delete;
        View& operator=(const View&) = delete;

        MDB_txn* handle() const { return handle_; }

    private:
        std::shared_lock<std::shared_mutex> held_;
        MDB_txn* handle_ = nullptr;
    };

private:
    LmdbEnvironment& environment_;
    MDB_txn* handle_ = nullptr;  ///< Reset between views.
};

/// The bytes as LMDB takes them; it does not write through the pointer.
MDB_val ToValue(std::string_view bytes);
std::string_view ToBytes(const MDB_val& value);

}  // namespace berth::relay
