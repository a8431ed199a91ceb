#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::stack {

/// Runs the program `berth` against one marketplace, as a person would. Thread-safe.
class Shell {
public:
    struct Settings {
        std::filesystem::path program;
        std::string marketplace;        ///< `host:port`
        std::filesystem::path ca_file;  ///< Of the marketplace's certificate.
    };
    explicit Shell(Settings settings) : settings_{std::move(settings)} {}

    /// Runs `berth --json WORDS...` with that key. Errors: kPrecondition `COMMAND_REFUSED` with
    /// what it said; those of CommandRunner.
    Result<boost::json::value> Run(const std::filesystem::path& key_file,
                                   std::vector<std::string> words, Deadline deadline) const;
    /// The whole command, for those who run it themselves.
    std::vector<std::string> Argv(const std::filesystem::path& key_file,
                                  const std::vector<std::string>& words) const;

private:
    Settings settings_;
};

}  // namespace berth::stack
