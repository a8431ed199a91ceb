#include "relay-image/transport/compressor.hpp"

#include <array>

#include <zlib.h>

#include "core/base/assert.hpp"

namespace berth::relay {
namespace {

constexpr int kLevel = 3;  // Half of an event is hexadecimal noise; more effort gains little.
constexpr int kRawWindow = -15;
constexpr int kMemoryLevel = 8;
constexpr std::string_view kFlushMark{"\x00\x00\xFF\xFF", 4};
constexpr std::size_t kMaxStoredBlock = 0xFFFF;
constexpr std::size_t kMaxSharedBody = 64 << 10;  ///< Larger ones are not kept.

Bytef* Bytes(std::string_view text)
{
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it.
}

/// `text` as one block that is not compressed (RFC 1951, section 3.2.4), at a byte's boundary.
std::string StoredBlock(std::string_view text)
{
    BERTH_ASSERT(text.size() <= kMaxStoredBlock);
    const auto low = static_cast<char>(text.size() & 0xFF);
    const auto high = static_cast<char>(text.size() >> 8);
    std::string block{'\0', low, high, static_cast<char>(~low), static_cast<char>(~high)};
    return block.append(text);
}

}  // namespace

struct Compressor::Streams {
    z_stream out{};
    z_stream in{};
    std::array<char, 16 << 10> room{};
};

Compressor::Compressor() : streams_{std::make_unique<Streams>()}
{
    BERTH_ASSERT(deflateInit2(&streams_->out, kLevel, Z_DEFLATED, kRawWindow, kMemoryLevel,
                              Z_DEFAULT_STRATEGY) == Z_OK);
    BERTH_ASSERT(inflateInit2(&streams_->in, kRawWindow) == Z_OK);
}

Compressor::~Compressor()
{
    deflateEnd(&streams_->out);
    inflateEnd(&streams_->in);
}

std::string Compressor::Deflate(std::string_view text)
{
    auto& stream = streams_->out;
    deflateReset(&stream);
    stream.next_in = Bytes(text);
    stream.avail_in = static_cast<uInt>(text.size());
    std::string deflated(deflateBound(&stream, static_cast<uLong>(text.size())) + 16, '\0');
    stream.next_out = Bytes(deflated);
    stream.avail_out = static_cast<uInt>(deflated.size());
    BERTH_ASSERT(deflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_out > 0);
    deflated.erase(deflated.size() - stream.avail_out);
    BERTH_ASSERT(deflated.ends_with(kFlushMark));
    deflated.erase(deflated.size() - kFlushMark.size());
    return deflated;
}

std::string Compressor::DeflateShared(std::string_view head, std::string_view body)
{
    if (head.size() > kMaxStoredBlock) return Deflate(std::string{head}.append(body));
    if (body.size() > kMaxSharedBody) return StoredBlock(head) + Deflate(body);
    if (body != last_body_) {
        last_deflated_ = Deflate(body);
        last_body_ = body;
    }
    return StoredBlock(head) + last_deflated_;
}

Compressor::Inflated Compressor::Inflate(std::string_view payload, std::size_t most)
{
    auto& stream = streams_->in;
    auto& room = streams_->room;
    inflateReset(&stream);
    Inflated result;
    for (const auto part : {payload, kFlushMark}) {
        stream.next_in = Bytes(part);
        stream.avail_in = static_cast<uInt>(part.size());
        do {
            stream.next_out = reinterpret_cast<Bytef*>(room.data());
            stream.avail_out = static_cast<uInt>(room.size());
            const auto outcome = inflate(&stream, Z_SYNC_FLUSH);
            if (outcome != Z_OK && outcome != Z_BUF_ERROR && outcome != Z_STREAM_END) {
                return {.text = {}, .fault = Fault::kBroken};
            }
            result.text.append(room.data(), room.size() - stream.avail_out);
            if (result.text.size() > most) return {.text = {}, .fault = Fault::kTooBig};
            if (outcome == Z_STREAM_END) return result;
        } while (stream.avail_in > 0 || stream.avail_out == 0);
    }
    return result;
}

}  // namespace berth::relay
