#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <sys/types.h>

namespace berth::relay::test {

/// A running berth-relay on a free port of the loopback, killed with the object. Throws
/// std::runtime_error with the relay's log if it does not serve in time.
class RelayProcess {
public:
    using Settings = std::map<std::string, std::string>;  ///< BERTH_RELAY_<key> = value.

    /// Starts it and waits until it serves.
    RelayProcess(const std::string& database_url, Settings settings = {});
    RelayProcess(const RelayProcess&) = delete;
    RelayProcess& operator=(const RelayProcess&) = delete;
    ~RelayProcess();

    unsigned short port() const { return port_; }
    const std::string& database_url() const { return settings_.at("DATABASE_URL"); }
    pid_t pid() const { return pid_; }

    /// kill -9, and waits for its end.
    void Kill();
    /// SIGTERM; returns the exit code, or 128 + signal.
    int Terminate();
    /// Starts it again, with the same settings, on a port of its own.
    void Start();

private:
    int End(int signal);

    std::filesystem::path folder_;
    Settings settings_;
    pid_t pid_ = -1;
    unsigned short port_ = 0;
};

}  // namespace berth::relay::test
