#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::sandbox {

/// A program to run for long.
struct ProcessSpec {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;  ///< All of it, besides PATH.
    std::filesystem::path log_file;                  ///< stdout and stderr are appended.
    std::string user;                                ///< Dropped to when we are root; empty: stay.
    /// Runs it as the first process of a PID namespace, so that whatever it starts ends with it,
    /// and with mounts of its own. Who is not root becomes it in a user namespace.
    bool own_namespaces = false;
};

/// A running child that dies with the thread that started it.
class Process {
public:
    Process() = default;
    explicit Process(const ProcessSpec& spec);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process();

    bool Running();
    /// -1 when it does not run.
    pid_t pid() const { return pid_; }
    /// SIGTERM, then SIGKILL after the grace.
    void Stop();
    /// SIGKILL, and waits for the end.
    void Kill();
    /// Waits for the end; the exit code, or 128 + signal.
    int Wait();
    /// The same, for `limit` at most.
    std::optional<int> WaitFor(std::chrono::milliseconds limit);

private:
    pid_t pid_ = -1;
};

/// A loopback port that is free now.
int FreePort();
/// True if something listens on a loopback port.
bool Listens(int port);

}  // namespace berth::sandbox
