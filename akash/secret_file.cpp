#include "akash/secret_file.hpp"

#include <cstdlib>

#include "core/base/file.hpp"

namespace berth::akash {

namespace fs = std::filesystem;

Result<SecretFile> SecretFile::Write(const Secret& content, const std::string& name)
{
    std::error_code error;
    auto pattern = (fs::temp_directory_path(error) / "berth-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) {
        return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN",
                    "No temporary folder can be made.");
    }
    SecretFile file{fs::path{pattern} / name};
    if (auto written = WriteFileAtomically(file.path_, content.Expose(), 0600); !written) {
        return written.error();
    }
    return file;
}

SecretFile::SecretFile(SecretFile&& other) noexcept : path_{std::exchange(other.path_, {})} {}

SecretFile::~SecretFile()
{
    if (path_.empty()) return;
    std::error_code ignored;
    fs::remove_all(path_.parent_path(), ignored);
}

}  // namespace berth::akash
