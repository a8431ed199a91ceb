#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth {

/// A file of at most `limit` bytes. Errors: kNotFound; kUnavailable; kInvalid `FILE_TOO_LARGE`.
Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit = 16 << 20);

/// Writes a file so that a crash leaves the old one or the new one: temporary file of `mode`,
/// fsync, rename, fsync of the folder. Errors: kUnavailable `FILE_NOT_WRITTEN`.
Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                 unsigned mode = 0600);

}  // namespace berth
