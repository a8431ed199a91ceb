#include "cli/stack/scratch_folder.hpp"

#include <cstdlib>
#include <string>

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = ScratchFolder::Place() / "berth-stack-";

}  // namespace

void ScratchFolder::RemoveLeftover(const fs::path& link)
{
    std::error_code ignored;
    if (!fs::is_symlink(link, ignored)) return;
    const auto target = fs::read_symlink(link, ignored);
    if (target.string().starts_with(kPrefix)) fs::remove_all(target, ignored);
    fs::remove(link, ignored);
}

ScratchFolder::~ScratchFolder()
{
    std::error_code ignored;
    if (path_.empty()) return;
    fs::remove_all(path_, ignored);
    fs::remove(link_, ignored);
}

Result<void> ScratchFolder::Make(const fs::path& link, fs::perms mode)
{
    RemoveLeftover(link);
    auto name = kPrefix + std::string(6, 'X');
    std::error_code failed;
    fs::create_directories(link.parent_path(), failed);
    if (failed || !::mkdtemp(name.data())) {
        return Fail(ErrorCode::kUnavailable, "FOLDER_NOT_MADE",
                    "No folder could be made for " + link.string() + "; is the disk full?");
    }
    path_ = name;
    link_ = link;
    fs::permissions(path_, mode, failed);
    fs::create_directory_symlink(path_, link, failed);
    if (!failed) return {};
    return Fail(ErrorCode::kUnavailable, "FOLDER_NOT_MADE",
                link.string() + ": " + failed.message());
}

}  // namespace berth::stack
