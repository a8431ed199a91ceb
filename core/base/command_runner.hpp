#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth {

/// One run of an outside program. No shell is involved.
struct Command {
    std::vector<std::string> argv{};                   ///< argv[0] is looked up in PATH.
    std::map<std::string, std::string> environment{};  ///< Added to a clean PATH, HOME and LANG.
    std::string stdin_bytes{};           ///< Secrets go here or in files of mode 0600.
    std::filesystem::path directory{};   ///< Working folder; empty is the caller's.
    std::size_t output_limit = 4 << 20;  ///< For stdout and stderr each, in bytes.
};

struct CommandOutput {
    int exit_code = 0;  ///< 128 + signal when a signal ended it.
    std::string out;
    std::string err;
    bool truncated = false;  ///< Output went over the limit; the program was killed.
};

/// Runs programs of others: each in a process group of its own, killed as a whole at the deadline
/// or when our process dies. Thread-safe; blocks until `deadline` at most.
class CommandRunner {
public:
    virtual ~CommandRunner() = default;
    /// Errors: kUnavailable `COMMAND_NOT_STARTED` (nothing was run); kUnknown `COMMAND_TIMED_OUT`.
    virtual Result<CommandOutput> Run(const Command& command, Deadline deadline) = 0;
};

/// The real one. At most `parallel` children run at once; the others wait within their deadline.
class ProcessRunner final : public CommandRunner {
public:
    explicit ProcessRunner(int parallel);
    ~ProcessRunner() override;
    Result<CommandOutput> Run(const Command& command, Deadline deadline) override;

private:
    struct Slots;
    std::unique_ptr<Slots> slots_;
};

}  // namespace berth
