#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// A file of events, one JSON a line, on its way to completion. It is written as `PATH.part` and
/// gets its name when it is whole; a `.part` that an ended process left behind is gone on with,
/// cut back to its last whole piece. A name that ends in `.gz` is compressed, a member a piece.
/// Errors of all: kUnavailable `FILE_NOT_WRITTEN`.
class EventFile {
public:
    explicit EventFile(std::filesystem::path path);
    ~EventFile();
    EventFile(const EventFile&) = delete;
    EventFile& operator=(const EventFile&) = delete;

    /// Opens the file and returns the last event that is in it already.
    Result<EventKey> Open();
    /// Appends whole lines as one piece.
    Result<void> Append(std::string_view lines);
    /// Makes it durable and gives it its name.
    Result<void> Finish();

private:
    Error Failure(const std::string& act) const;

    std::filesystem::path path_, part_;
    bool compresses_;
    int descriptor_ = -1;
};

/// What is whole of an unfinished file.
struct WholePieces {
    std::uint64_t bytes = 0;  ///< From the file's start.
    std::string last_line;
};

/// Reads lines up to the last line end, or gzip members up to the last whole one.
WholePieces FindWholePieces(const std::filesystem::path& file, bool compressed);

}  // namespace berth::relay
