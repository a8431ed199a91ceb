#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::tidy {

/// A text file of ours, by its path from the repository's root.
struct SourceFile {
    std::string path;
    std::vector<std::string> lines;

    bool Is(std::string_view extension) const { return path.ends_with(extension); }
    bool In(std::string_view folder) const;
    /// `path:line: ` of a line counted from 0.
    std::string At(std::size_t line) const;
};

/// Every text file of ours: third-party, generated and built ones are left out.
const std::vector<SourceFile>& Sources();

/// What `check` says against the files that `wanted` picks, one `file:line: rule` a line.
std::string Complaints(
    const std::function<bool(const SourceFile&)>& wanted,
    const std::function<void(const SourceFile&, std::vector<std::string>&)>& check);

/// A line without its string literals and its `//` comment.
std::string CodeOf(const std::string& line);

}  // namespace berth::tidy
