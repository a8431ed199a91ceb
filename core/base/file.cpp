#include "core/base/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_{fd} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

/// Only what is not there is not found: what cannot be read must not be taken for absent.
Error NotRead(const std::filesystem::path& path, int why)
{
    if (why == ENOENT || why == ENOTDIR) {
        return Fail(ErrorCode::kNotFound, "FILE_NOT_FOUND", path.string() + " does not exist.");
    }
    return Fail(ErrorCode::kUnavailable, "FILE_NOT_READ",
                path.string() + " cannot be read: " + std::strerror(why));
}

Error NotWritten(const std::filesystem::path& path)
{
    return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN",
                path.string() + " could not be written: " + std::strerror(errno));
}

bool WriteAll(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit)
{
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    if (!file) return NotRead(path, errno);
    std::string bytes;
    char buffer[65536];
    while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
        bytes.append(buffer, static_cast<std::size_t>(file.gcount()));
        if (bytes.size() > limit) {
            return Fail(ErrorCode::kInvalid, "FILE_TOO_LARGE", path.string() + " is too large.");
        }
    }
    if (file.bad()) return NotRead(path, EIO);
    return bytes;
}

Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                 unsigned mode)
{
    const auto temporary = path.string() + "." + ToHex(RandomBytes(6)) + ".tmp";
    {
        const Descriptor file{
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
        if (file.get() < 0) return NotWritten(path);
        if (!WriteAll(file.get(), bytes) || ::fsync(file.get()) != 0) {
            const auto error = NotWritten(path);
            ::unlink(temporary.c_str());
            return error;
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const auto error = NotWritten(path);
        ::unlink(temporary.c_str());
        return error;
    }
    const auto folder = path.has_parent_path() ? path.parent_path().string() : std::string{"."};
    const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return NotWritten(path);
    return {};
}

}  // namespace berth
