#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace berth::config {

/// What a program was started with.
struct Arguments {
    std::vector<std::string> flags_and_words;        ///< argv without the program's name.
    std::map<std::string, std::string> environment;  ///< Only `BERTH_...` is looked at.

    static Arguments FromMain(int argc, const char* const* argv);
};

struct Loaded {
    Config config;
    std::vector<std::string> words;  ///< Arguments that are no flags, such as a subcommand.
};

/// Reads the settings: the YAML file of `--config FILE` (or `--config=FILE`, or `BERTH_CONFIG`),
/// then the environment (`BERTH_DATABASE_URL` for `database.url`; `BERTH_KEY` holds the secret
/// itself of `key_file`), then `--key=value` flags; the later one wins. A secret given by flag is a
/// path. Environment variables of other programs are ignored. Errors: kInvalid `CONFIG_UNKNOWN_KEY`
/// (names place and nearest key), `CONFIG_BAD_VALUE`, `CONFIG_MISSING`, and those of ReadYaml and
/// ParseValue.
Result<Loaded> Load(std::span<const Setting> settings, const Arguments& arguments);

/// True if `--help` or `-h` is among the arguments.
bool AsksForHelp(const Arguments& arguments);
/// True if `--version` or `-V` is the first argument.
bool AsksForVersion(const Arguments& arguments);
/// What `--help` prints: one line a setting with its default.
std::string HelpText(std::string_view usage, std::span<const Setting> settings);
/// What `--version` prints.
std::string VersionText(std::string_view program);
/// What a program prints instead of running, if it is asked for its help or its version.
std::optional<std::string> About(std::string_view program, std::string_view usage,
                                 std::span<const Setting> settings, const Arguments& arguments);

}  // namespace berth::config
