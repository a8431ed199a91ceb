#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace berth::stack {

/// A folder under /tmp that goes with the object.
class TemporaryFolder {
public:
    TemporaryFolder()
    {
        char name[] = "/tmp/berth-stack-test-XXXXXX";
        if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace berth::stack
