#include "relay-image/backup/packing.hpp"

#include <zlib.h>

#include "core/base/assert.hpp"

namespace berth::relay {
namespace {

constexpr int kGzip = 15 + 16;  ///< zlib's widest window, with gzip's frame.
constexpr int kMemory = 8;      ///< zlib's default.
constexpr std::size_t kChunk = 256 << 10;

Bytef* Input(std::string_view bytes)
{
    return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Gzip(std::string_view bytes)
{
    z_stream stream{};
    BERTH_ASSERT(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kMemory,
                              Z_DEFAULT_STRATEGY) == Z_OK);
    std::string member(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = Input(bytes);
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(member.data());
    stream.avail_out = static_cast<uInt>(member.size());
    BERTH_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    member.resize(stream.total_out);
    deflateEnd(&stream);
    return member;
}

Result<std::string> Gunzip(std::string_view member, std::size_t limit)
{
    z_stream stream{};
    BERTH_ASSERT(inflateInit2(&stream, kGzip) == Z_OK);
    stream.next_in = Input(member);
    stream.avail_in = static_cast<uInt>(member.size());
    std::string bytes, chunk(kChunk, '\0');
    int code = Z_OK;
    while (code == Z_OK && bytes.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        code = inflate(&stream, Z_NO_FLUSH);
        bytes.append(chunk, 0, chunk.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (code == Z_STREAM_END && bytes.size() <= limit) return bytes;
    return Fail(ErrorCode::kInvalid, "BAD_GZIP", "A compressed piece is broken or too long.");
}

}  // namespace berth::relay
