#pragma once

#include <cstdint>
#include <filesystem>

namespace berth::bench {

/// A folder under /tmp that goes with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::int64_t BytesUnder(const std::filesystem::path& folder);

/// Asks the relay on this port until it answers a REQ. Throws std::runtime_error after 30 s.
void AwaitAnswer(unsigned short port);

}  // namespace berth::bench
