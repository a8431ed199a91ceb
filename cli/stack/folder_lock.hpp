#pragma once

#include <filesystem>

#include "core/base/error.hpp"

namespace berth::stack {

/// The right to use a folder alone, among processes. It goes with the object, and leaves nothing
/// behind that it made: neither its file nor a folder in which nothing was made meanwhile.
class FolderLock {
public:
    FolderLock() = default;
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock() { Release(); }

    /// Makes the folder if need be. Does not wait. Errors: kPrecondition `WORLD_RUNS_ALREADY`;
    /// kUnavailable `FILE_NOT_WRITTEN`.
    Result<void> Take(const std::filesystem::path& folder);

private:
    void Release();

    std::filesystem::path folder_;
    bool made_folder_ = false;
    int file_ = -1;
};

}  // namespace berth::stack
