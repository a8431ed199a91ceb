#pragma once

#include <deque>
#include <map>
#include <string>

#include "cli/stack/server.hpp"

namespace berth::stack {

/// One of our own programs: reads `--config FILE`, writes its ready file once it serves, and drains
/// on SIGTERM. Not thread-safe.
class Daemon final : public Server {
public:
    struct Settings {
        std::string name{};
        std::filesystem::path program{};
        std::filesystem::path folder{};               ///< Configuration, log and ready file.
        std::map<std::string, std::string> config{};  ///< Dotted keys; lists with commas.
    };
    /// Sets `ready_file` in the configuration; everything else is the caller's.
    explicit Daemon(Settings settings);

    /// Writes the configuration and runs the program with further `arguments` to its end; what it
    /// printed is the value. Errors: kUnavailable `PROGRAM_FAILED`; those of CommandRunner.
    Result<std::string> RunToEnd(const std::vector<std::string>& arguments, Deadline deadline);

    Result<void> Launch() override;
    bool Serves() override;
    void Stop() override { child_.Stop(); }
    Child& child() override { return child_; }

    /// The next starts, one each, run under BERTH_FAILPOINT of these names; those after them under
    /// none. BERTH_FAILPOINT_LOG is handed on as it is.
    void SetFailpoints(std::deque<std::string> names) { failpoints_ = std::move(names); }
    /// The line of its ready file, once it serves.
    std::string ready_line() const { return ready_line_; }

private:
    Result<void> WriteConfig() const;
    std::filesystem::path ConfigFile() const;
    std::filesystem::path ReadyFile() const;

    Settings settings_;
    Child child_;
    std::deque<std::string> failpoints_;
    std::string ready_line_;
};

}  // namespace berth::stack
