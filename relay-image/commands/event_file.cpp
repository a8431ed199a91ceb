#include "relay-image/commands/event_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/backup/packing.hpp"
#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {
namespace {

constexpr int kGzip = 15 + 16;  ///< zlib's widest window, with gzip's frame.
constexpr std::size_t kChunk = 256 << 10;

EventKey KeyOf(const std::string& line)
{
    const auto event = ReadEvent(line);
    return event ? EventKey{event->created_at, FromHex(event->id).value_or("")} : EventKey{};
}

/// Keeps the last whole line of a text that comes in pieces.
class LastLine {
public:
    void Add(std::string_view text)
    {
        while (!text.empty()) {
            const auto end = text.find('\n');
            begun_ += text.substr(0, end);
            if (end == std::string_view::npos) return;
            last_ = std::exchange(begun_, {});
            text.remove_prefix(end + 1);
        }
    }
    const std::string& last() const { return last_; }
    std::size_t begun() const { return begun_.size(); }

private:
    std::string begun_, last_;
};

WholePieces FindWholeLines(std::ifstream& in)
{
    WholePieces whole;
    LastLine lines;
    std::string chunk(kChunk, '\0');
    std::uint64_t read = 0;
    while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), in.gcount() > 0) {
        const auto count = static_cast<std::size_t>(in.gcount());
        lines.Add({chunk.data(), count});
        read += count;
    }
    return {.bytes = read - lines.begun(), .last_line = lines.last()};
}

WholePieces FindWholeMembers(std::ifstream& in)
{
    WholePieces whole;
    LastLine lines;
    z_stream stream{};
    BERTH_ASSERT(inflateInit2(&stream, kGzip) == Z_OK);
    std::string chunk(kChunk, '\0'), text(kChunk, '\0');
    std::uint64_t read = 0;
    int code = Z_OK;
    while (code == Z_OK &&
           (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())), in.gcount() > 0)) {
        read += static_cast<std::uint64_t>(in.gcount());
        stream.next_in = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_in = static_cast<uInt>(in.gcount());
        while (code == Z_OK && stream.avail_in > 0) {
            stream.next_out = reinterpret_cast<Bytef*>(text.data());
            stream.avail_out = static_cast<uInt>(text.size());
            code = inflate(&stream, Z_NO_FLUSH);
            lines.Add({text.data(), text.size() - stream.avail_out});
            if (code != Z_STREAM_END) continue;
            whole = {.bytes = read - stream.avail_in, .last_line = lines.last()};
            code = inflateReset(&stream);
        }
    }
    inflateEnd(&stream);
    return whole;
}

}  // namespace

WholePieces FindWholePieces(const std::filesystem::path& file, bool compressed)
{
    std::ifstream in{file, std::ios::binary};
    return compressed ? FindWholeMembers(in) : FindWholeLines(in);
}

EventFile::EventFile(std::filesystem::path path)
    : path_{std::move(path)},
      part_{path_.string() + ".part"},
      compresses_{path_.extension() == ".gz"}
{
}

EventFile::~EventFile()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

Error EventFile::Failure(const std::string& act) const
{
    return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN",
                part_.string() + ": " + act + ": " + std::strerror(errno));
}

Result<EventKey> EventFile::Open()
{
    const auto whole = FindWholePieces(part_, compresses_);
    descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return Failure("open");
    const auto end = static_cast<off_t>(whole.bytes);
    if (::ftruncate(descriptor_, end) != 0) return Failure("cut");
    if (::lseek(descriptor_, end, SEEK_SET) != end) return Failure("seek");
    return whole.last_line.empty() ? EventKey{} : KeyOf(whole.last_line);
}

Result<void> EventFile::Append(std::string_view lines)
{
    std::string member;
    if (compresses_) lines = member = Gzip(lines);
    while (!lines.empty()) {
        const auto written = ::write(descriptor_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return Failure("write");
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> EventFile::Finish()
{
    if (::fsync(descriptor_) != 0) return Failure("sync");
    if (::rename(part_.c_str(), path_.c_str()) != 0) return Failure("rename");
    return {};
}

}  // namespace berth::relay
