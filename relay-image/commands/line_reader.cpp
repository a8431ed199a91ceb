#include "relay-image/commands/line_reader.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>
#include <zlib.h>

namespace berth::relay {
namespace {

constexpr std::size_t kChunk = 256 << 10;

Error NotRead(ErrorCode code, const std::string& path, const std::string& why)
{
    return Fail(code, "FILE_NOT_READ", path + ": " + why);
}

}  // namespace

LineReader::~LineReader()
{
    if (file_) gzclose_r(file_);
}

Result<void> LineReader::Open()
{
    const bool is_stdin = path_.empty() || path_ == "-";
    if (is_stdin) path_ = "standard input";
    file_ = is_stdin ? gzdopen(::dup(STDIN_FILENO), "rb") : gzopen(path_.c_str(), "rb");
    if (!file_) return NotRead(ErrorCode::kNotFound, path_, std::strerror(errno));
    return {};
}

Result<bool> LineReader::Next(std::string& line)
{
    line.clear();
    while (true) {
        const auto end = buffer_.find('\n', at_);
        const auto piece = std::string_view{buffer_}.substr(at_, end - at_);
        line.append(piece.substr(0, kMaxLine - std::min(kMaxLine, line.size())));
        if (end != std::string::npos) {
            at_ = end + 1;
            return true;
        }
        const bool begun = !piece.empty() || !line.empty();
        const auto filled = Fill();
        if (!filled) return filled.error();
        if (!*filled) return begun;
    }
}

Result<bool> LineReader::Fill()
{
    buffer_.resize(kChunk);
    at_ = 0;
    const int count = gzread(file_, buffer_.data(), kChunk);
    buffer_.resize(static_cast<std::size_t>(std::max(count, 0)));
    int code = Z_OK;
    const char* why = gzerror(file_, &code);
    if (count < 0 || (count == 0 && code == Z_BUF_ERROR)) {
        return NotRead(ErrorCode::kUnavailable, path_, code == Z_BUF_ERROR ? "it is cut off" : why);
    }
    return count > 0;
}

}  // namespace berth::relay
