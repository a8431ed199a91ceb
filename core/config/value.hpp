#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace berth::config {

/// A value as somebody wrote it.
struct Written {
    std::vector<std::string> items;  ///< One, unless it is a list.
    bool is_list = false;
    bool is_secret = false;  ///< The secret itself, not the path of its file.
    std::string origin;      ///< Where: `berth.yaml:12`, `BERTH_ADDRESS`, `--address`.
};

/// Milliseconds of `15s`, `250ms`, `10m`, `2h`, `7d`. Errors: kInvalid `CONFIG_BAD_VALUE`.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// The typed value of a setting; reads the file of a secret.
/// Errors: kInvalid `CONFIG_BAD_VALUE`, `CONFIG_SECRET_EXPOSED` (others could read the file).
Result<Config::Value> ParseValue(const Setting& setting, const Written& written);

}  // namespace berth::config
