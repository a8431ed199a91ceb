#pragma once

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::stack {

/// A program to keep running beside us. No shell is involved.
struct ChildSpec {
    std::string name{};                                ///< For messages: `named`, `pebble`, ...
    std::vector<std::string> argv{};                   ///< argv[0] is looked up in PATH.
    std::map<std::string, std::string> environment{};  ///< Added to PATH, HOME and LANG.
    std::filesystem::path log{};                       ///< Its stdout and stderr are appended here.
    std::filesystem::path directory{};                 ///< Working folder; empty is the caller's.
    std::string user{};                                ///< Runs as this user; empty is the caller.
    int stop_signal = SIGTERM;                         ///< Sent by Stop, and when our thread dies.
    std::chrono::milliseconds stop_limit{15'000};      ///< From the signal to SIGKILL.
};

/// A process of ours in a process group of its own. It never outlives the thread that started it:
/// the kernel sends `stop_signal` when that thread dies, so start it on the main thread. Not
/// thread-safe.
class Child {
public:
    explicit Child(ChildSpec spec);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    /// Starts it; it must not be running.
    /// Errors: kUnavailable `CHILD_NOT_STARTED` (nothing was run).
    Result<void> Start();
    /// False once it has ended, however that came.
    bool Running();
    /// `stop_signal`, then SIGKILL to the whole group after `stop_limit`; returns when it is gone.
    void Stop();
    /// SIGKILL to the whole group; returns when it is gone.
    void Kill();

    /// What `ready` says. Errors where it can say yes no longer: kUnavailable `CHILD_ENDED`,
    /// kTimeout `CHILD_NOT_READY`, both with the end of the log; kPrecondition `STOP_REQUESTED`.
    Result<bool> ReadyBy(const std::function<bool()>& ready, Deadline deadline);
    /// Polls `ready` until it says yes. Errors: those of ReadyBy.
    Result<void> WaitUntil(const std::function<bool()>& ready, Deadline deadline);

    const std::string& name() const { return spec_.name; }
    /// The process id, or -1 when it does not run.
    pid_t pid() const { return pid_; }
    /// How the last run ended, in words; empty before the first end.
    const std::string& end() const { return end_; }
    /// The end of its log, for a message.
    std::string LogTail() const;
    /// The environment of the next Start.
    std::map<std::string, std::string>& environment() { return spec_.environment; }

private:
    bool EndedBy(Deadline deadline);
    void Reap();
    ChildSpec spec_;
    pid_t pid_ = -1;
    std::string end_;
};

}  // namespace berth::stack
