#include "cli/stack/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 10;

fs::path FileIn(const fs::path& folder) { return folder / "lock"; }

/// False where whoever held the lock before has just removed its file.
bool IsStillThere(int file, const fs::path& path)
{
    struct stat opened {};
    struct stat named {};
    return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

Result<void> FolderLock::Take(const fs::path& folder)
{
    folder_ = folder;
    std::error_code failed;
    made_folder_ = fs::create_directories(folder, failed);
    for (int i = 0; i < kTries; ++i) {
        file_ = ::open(FileIn(folder).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file_ < 0) break;
        const bool locked = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
        if (locked && IsStillThere(file_, FileIn(folder))) return {};
        ::close(file_);
        file_ = -1;
        if (!locked) {
            made_folder_ = false;
            return Fail(ErrorCode::kPrecondition, "WORLD_RUNS_ALREADY",
                        "Another run uses " + folder.string() + "; stop it first.");
        }
    }
    Release();
    return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN",
                folder.string() + " cannot be written to.");
}

void FolderLock::Release()
{
    std::error_code ignored;
    if (file_ >= 0) {
        fs::remove(FileIn(folder_), ignored);
        ::close(file_);
        file_ = -1;
    }
    if (made_folder_) fs::remove(folder_, ignored);  // Only where it is empty.
    made_folder_ = false;
}

}  // namespace berth::stack
