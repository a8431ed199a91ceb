#pragma once

#include <filesystem>

#include "akash/sandbox/chain/chain.hpp"

namespace berth::sandbox {

/// The blocks of a chain on disk, one JSON line each, appended before a block takes effect. A line
/// that a crash cut short is dropped at the next start.
class BlockLog {
public:
    explicit BlockLog(const std::filesystem::path& file);
    BlockLog(const BlockLog&) = delete;
    BlockLog& operator=(const BlockLog&) = delete;
    ~BlockLog();

    /// Feeds every block to `chain`.
    void Replay(Chain& chain);
    void Append(const boost::json::value& block);

private:
    int fd_ = -1;
};

}  // namespace berth::sandbox
