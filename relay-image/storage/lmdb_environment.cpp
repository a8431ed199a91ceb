#include "relay-image/storage/lmdb_environment.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/failpoint.hpp"

namespace berth::relay {
namespace {

constexpr MDB_dbi kMaxTables = 8;
constexpr unsigned kMaxReaders = 256;  ///< Reading threads of all processes.
constexpr mdb_mode_t kFileMode = 0600;
// Readers belong to stores, not to threads; the order of reads is random.
constexpr unsigned kEnvironmentFlags = MDB_NOTLS | MDB_NORDAHEAD | MDB_NOMEMINIT;

constexpr auto kInUse = "in_use";   ///< Locked by every process that has the folder open.
constexpr auto kFresh = "fresh";    ///< Folder in which a compacted copy is written.
constexpr auto kData = "data.mdb";  ///< LMDB's own name.

constexpr std::string_view kFormatKey{"\0format", 7};
constexpr std::string_view kFormat = "1";

}  // namespace

void MustSucceed(int code)
{
    if (code != MDB_SUCCESS) throw LmdbFailure{code};
}

bool WasFound(int code)
{
    if (code == MDB_NOTFOUND) return false;
    MustSucceed(code);
    return true;
}

Error ToError(const LmdbFailure& failure, const std::filesystem::path& folder)
{
    const auto text = folder.string() + ": " + mdb_strerror(failure.code);
    const bool of_the_system = failure.code > 0;  // errno: permissions, disk full, no such folder.
    if (of_the_system || failure.code == MDB_PANIC || failure.code == MDB_READERS_FULL) {
        return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE", text);
    }
    return Fail(ErrorCode::kInternal, "DATABASE_REFUSED", text);
}

LmdbEnvironment::LmdbEnvironment(std::filesystem::path folder, std::size_t map_bytes)
    : folder_{std::move(folder)}, map_bytes_{map_bytes}
{
}

LmdbEnvironment::~LmdbEnvironment() { Close(); }

void LmdbEnvironment::Close()
{
    if (handle_) mdb_env_close(std::exchange(handle_, nullptr));
    if (in_use_ >= 0) ::close(std::exchange(in_use_, -1));
    open_ = false;
}

void LmdbEnvironment::EnsureOpen()
{
    if (open_) return;
    const std::scoped_lock lock{opening_};
    if (open_) return;
    try {
        Open();
    } catch (const LmdbFailure&) {
        Close();
        throw;
    }
    open_ = true;
}

void LmdbEnvironment::Open()
{
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    in_use_ = ::open((folder_ / kInUse).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
    if (in_use_ < 0 || ::flock(in_use_, LOCK_SH) != 0) throw LmdbFailure{errno};
    MustSucceed(mdb_env_create(&handle_));
    MustSucceed(mdb_env_set_maxdbs(handle_, kMaxTables));
    MustSucceed(mdb_env_set_maxreaders(handle_, kMaxReaders));
    MustSucceed(mdb_env_set_mapsize(handle_, map_bytes_));
    MustSucceed(mdb_env_open(handle_, folder_.c_str(), kEnvironmentFlags, kFileMode));
    int dead = 0;  // Readers of processes that were killed.
    MustSucceed(mdb_reader_check(handle_, &dead));
    OpenTables();
}

void LmdbEnvironment::OpenTables()
{
    MDB_txn* transaction = nullptr;
    MustSucceed(mdb_txn_begin(handle_, nullptr, 0, &transaction));
    try {
        const auto open = [&](const char* name, unsigned flags, MDB_dbi& table) {
            MustSucceed(mdb_dbi_open(transaction, name, flags | MDB_CREATE, &table));
        };
        open("events", MDB_INTEGERKEY, tables_.events);
        open("ids", MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP, tables_.ids);
        open("index", MDB_DUPSORT | MDB_DUPFIXED, tables_.index);
        open("records", 0, tables_.records);
        auto key = ToValue(kFormatKey);
        MDB_val format{};
        if (WasFound(mdb_get(transaction, tables_.records, &key, &format))) {
            if (ToBytes(format) != kFormat) throw LmdbFailure{MDB_VERSION_MISMATCH};
        } else {
            format = ToValue(kFormat);
            MustSucceed(mdb_put(transaction, tables_.records, &key, &format, 0));
        }
    } catch (const LmdbFailure&) {
        mdb_txn_abort(transaction);
        throw;
    }
    MustSucceed(mdb_txn_commit(transaction));
}

std::shared_lock<std::shared_mutex> LmdbEnvironment::Hold()
{
    EnsureOpen();
    if (resizes_) const std::scoped_lock behind{resizing_};
    return std::shared_lock{mapped_};
}

void LmdbEnvironment::Grow() { Resize(true); }

void LmdbEnvironment::AdoptSize() { Resize(false); }

bool LmdbEnvironment::Compact()
{
    EnsureOpen();
    const std::scoped_lock lock{opening_};
    if (::flock(in_use_, LOCK_EX | LOCK_NB) != 0) {
        MustSucceed(::flock(in_use_, LOCK_SH) == 0 ? MDB_SUCCESS : errno);
        return false;
    }
    Rewrite();
    Close();
    return true;
}

void LmdbEnvironment::Rewrite()
{
    const auto fresh = folder_ / kFresh;
    std::filesystem::remove_all(fresh);
    std::filesystem::create_directory(fresh);
    MustSucceed(mdb_env_copy2(handle_, fresh.c_str(), MDB_CP_COMPACT));
    for (const auto& path : {fresh / kData, folder_}) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        const bool synced = file >= 0 && ::fsync(file) == 0;
        if (file >= 0) ::close(file);
        if (!synced) throw LmdbFailure{errno};
        if (path == folder_) break;
        std::filesystem::rename(path, folder_ / kData);
    }
    std::filesystem::remove_all(fresh);
}

void LmdbEnvironment::Resize(bool grow)
{
    const std::scoped_lock lock{resizing_};
    resizes_ = true;
    int code = MDB_SUCCESS;
    {
        const std::unique_lock alone{mapped_};
        MDB_envinfo now{};
        code = mdb_env_info(handle_, &now);
        if (code == MDB_SUCCESS) {
            code = mdb_env_set_mapsize(handle_, grow ? 2 * now.me_mapsize : 0);
        }
    }
    resizes_ = false;
    MustSucceed(code);
}

namespace {

/// Begins a transaction; follows another process that has grown the map.
std::shared_lock<std::shared_mutex> Begin(LmdbEnvironment& environment, unsigned flags,
                                          MDB_txn*& transaction)
{
    while (true) {
        auto held = environment.Hold();
        const auto code = transaction
                              ? mdb_txn_renew(transaction)
                              : mdb_txn_begin(environment.handle(), nullptr, flags, &transaction);
        if (code == MDB_SUCCESS) return held;
        if (code != MDB_MAP_RESIZED) throw LmdbFailure{code};
        held.unlock();
        environment.AdoptSize();
    }
}

}  // namespace

LmdbWriteTransaction::LmdbWriteTransaction(LmdbEnvironment& environment)
    : held_{Begin(environment, 0, handle_)}
{
}

LmdbWriteTransaction::~LmdbWriteTransaction()
{
    if (handle_) mdb_txn_abort(handle_);
}

void LmdbWriteTransaction::Commit()
{
    Failpoint("relay.before_commit");
    MustSucceed(mdb_txn_commit(std::exchange(handle_, nullptr)));
    Failpoint("relay.after_commit");
}

LmdbSnapshots::~LmdbSnapshots() { Forget(); }

void LmdbSnapshots::Forget()
{
    if (handle_) mdb_txn_abort(std::exchange(handle_, nullptr));
}

LmdbSnapshots::View::View(LmdbSnapshots& snapshots)
    : held_{Begin(snapshots.environment_, MDB_RDONLY, snapshots.handle_)},
      handle_{snapshots.handle_}
{
}

LmdbSnapshots::View::~View() { mdb_txn_reset(handle_); }

MDB_val ToValue(std::string_view bytes)
{
    return {.mv_size = bytes.size(), .mv_data = const_cast<char*>(bytes.data())};
}

std::string_view ToBytes(const MDB_val& value)
{
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace berth::relay
