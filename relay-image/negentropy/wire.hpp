#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "relay-image/negentropy/item_set.hpp"

namespace berth::relay::negentropy {

/// What one side says of a range.
enum class Mode : std::uint8_t { kSkip = 0, kFingerprint = 1, kIdList = 2 };

/// Appends a number in groups of seven bits, the highest first, all but the last marked.
void AppendVarint(std::string& out, std::uint64_t number);

/// Writes the ranges of one message; times are written as distances from the one before.
class Writer {
public:
    void Range(const Bound& bound, Mode mode);
    void Varint(std::uint64_t number) { AppendVarint(bytes_, number); }
    void Append(const Fingerprint& fingerprint);
    void Append(const Id& id);

    std::size_t size() const { return bytes_.size(); }
    std::string Take() { return std::move(bytes_); }

private:
    std::string bytes_;
    std::uint64_t last_timestamp_ = 0;
};

/// Reads the ranges of one message. Errors of all: kInvalid `BAD_NEGENTROPY`.
class Reader {
public:
    explicit Reader(std::string_view bytes) : left_{bytes} {}

    bool empty() const { return left_.empty(); }
    std::size_t left() const { return left_.size(); }
    /// The next bound; it is never before the one that was read last.
    Result<Bound> NextBound();
    Result<Mode> NextMode();
    Result<std::uint64_t> NextVarint();
    Result<std::string_view> NextBytes(std::size_t count);

private:
    std::string_view left_;
    Item last_{};
};

}  // namespace berth::relay::negentropy
