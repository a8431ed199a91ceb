#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace berth::tidy {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kForeignFolders{"build", "node_modules", "third_party"};
const std::set<std::string> kTextFiles{".cpp", ".hpp", ".sql", ".proto", ".sh",  ".js",
                                       ".mjs", ".md",  ".txt", ".json",  ".yaml"};

bool IsForeign(const fs::path& path)
{
    const auto name = path.filename().string();
    return kForeignFolders.contains(name) || (name.starts_with('.') && name != ".ci");
}

SourceFile Read(const fs::path& path, const fs::path& root)
{
    SourceFile file{.path = fs::relative(path, root), .lines = {}};
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) file.lines.push_back(line);
    return file;
}

std::vector<SourceFile> ReadAll()
{
    const fs::path root{BERTH_SOURCE_DIR};
    std::vector<SourceFile> files;
    auto entry = fs::recursive_directory_iterator{root};
    for (; entry != fs::recursive_directory_iterator{}; ++entry) {
        if (IsForeign(entry->path())) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file() && kTextFiles.contains(entry->path().extension())) {
            files.push_back(Read(entry->path(), root));
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

}  // namespace

bool SourceFile::In(std::string_view folder) const
{
    return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

std::string SourceFile::At(std::size_t line) const
{
    return path + ":" + std::to_string(line + 1) + ": ";
}

const std::vector<SourceFile>& Sources()
{
    static const auto files = ReadAll();
    return files;
}

std::string Complaints(
    const std::function<bool(const SourceFile&)>& wanted,
    const std::function<void(const SourceFile&, std::vector<std::string>&)>& check)
{
    std::vector<std::string> found;
    for (const auto& file : Sources()) {
        if (wanted(file)) check(file, found);
    }
    std::string text;
    for (const auto& line : found) text += line + "\n";
    return text;
}

std::string CodeOf(const std::string& line)
{
    std::string code;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (quoted && line[i] == '\\') {
            ++i;
        } else if (line[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && line.compare(i, 2, "//") == 0) {
            break;
        } else if (!quoted) {
            code += line[i];
        }
    }
    return code;
}

}  // namespace berth::tidy
