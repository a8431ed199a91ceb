#pragma once

#include <filesystem>

#include "core/base/error.hpp"

namespace berth::stack {

/// A folder under /tmp for what cannot live beside the rest: sockets, whose paths have to be short,
/// and files of another user. It goes with the object; one that a killed run left behind goes when
/// the next one is made under the same link.
class ScratchFolder {
public:
    ScratchFolder() = default;
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    /// Makes it with `mode`, and the symbolic link `link` to it.
    /// Errors: kUnavailable `FOLDER_NOT_MADE`.
    Result<void> Make(const std::filesystem::path& link, std::filesystem::perms mode);
    /// Removes what a killed run left behind under `link`.
    static void RemoveLeftover(const std::filesystem::path& link);
    /// Where such folders are made.
    static std::filesystem::path Place() { return "/tmp"; }
    /// Where it is; empty before Make.
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    std::filesystem::path link_;
};

}  // namespace berth::stack
