#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/config/config.hpp"
#include "core/config/load.hpp"

namespace berth::relay {

/// What the program's end tells its caller. The first two and the last are those of `berth`.
enum class Exit {
    kDone = 0,
    kFailed = 1,       ///< A check found something, or a file could not be read or written.
    kUsage = 2,        ///< A setting or an argument is wrong; nothing was done.
    kRefused = 3,      ///< All was read, but not all of it was taken.
    kUnavailable = 5,  ///< The storage does not answer; what was done before stays done.
};

/// A subcommand on its way.
struct Invocation {
    const config::Arguments& arguments;     ///< As the program got them, the subcommand left out.
    const config::Config& config;           ///< The relay's settings and the command's own.
    const std::vector<std::string>& words;  ///< Arguments behind the subcommand.
    const Clock& clock;
    Log& log;
    std::ostream& out;
    std::ostream& err;
};

/// A subcommand of `berth-relay`.
struct Subcommand {
    std::string_view name;
    std::string_view arguments;  ///< As in `export [FILE]`.
    std::string_view help;       ///< One line.
    std::span<const config::Setting> options;
    std::size_t most_words;
    Exit (*run)(const Invocation&);
};

/// Runs `berth-relay SUBCOMMAND ...`; without a subcommand it serves.
Exit RunProgram(const config::Arguments& arguments, const Clock& clock);

/// The subcommands, each in a file of its name.
Subcommand ServeCommand();
Subcommand ExportCommand();
Subcommand ImportCommand();
Subcommand DeleteCommand();
Subcommand CompactCommand();
Subcommand CheckCommand();
Subcommand HealthCommand();
Subcommand SyncCommand();
Subcommand BackupCommand();
Subcommand BenchCommand();
Subcommand ArchiveCommand();
Subcommand UnarchiveCommand();
Subcommand RestoreCommand();
Subcommand ClaimsCommand();

/// Says what went wrong, and which end of the program that is.
Exit Explain(const Invocation& invocation, const Error& error);

}  // namespace berth::relay
