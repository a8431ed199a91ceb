#pragma once

#include <string>

#include "core/base/error.hpp"

struct gzFile_s;

namespace berth::relay {

/// Lines of a file or of standard input, plain or gzip of one or more members.
class LineReader {
public:
    static constexpr std::size_t kMaxLine = 16
                                            << 20;  ///< Of a longer line only the start is given.

    /// Opens nothing yet; an empty path or `-` is standard input.
    explicit LineReader(std::string path) : path_{std::move(path)} {}
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// Errors: kNotFound `FILE_NOT_READ`.
    Result<void> Open();
    /// The next line without its end; false behind the last. Errors: kUnavailable `FILE_NOT_READ`
    /// (broken compression, or cut off).
    Result<bool> Next(std::string& line);

private:
    Result<bool> Fill();

    std::string path_;
    gzFile_s* file_ = nullptr;
    std::string buffer_;
    std::size_t at_ = 0;
};

}  // namespace berth::relay
