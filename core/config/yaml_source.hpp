#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/config/value.hpp"

namespace berth::config {

/// The values of a YAML file, nested maps flattened to dotted keys, each with `file:line`.
/// Errors: kInvalid `CONFIG_FILE_NOT_READ`, `CONFIG_BAD_YAML`, `CONFIG_DUPLICATE_KEY`.
Result<std::map<std::string, Written>> ReadYaml(const std::filesystem::path& path);

}  // namespace berth::config
