#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::relay::test {

/// A running berth-relay on a free port of the loopback, killed with the object. Throws
/// std::runtime_error with the relay's log if it does not serve in time.
class RelayProcess {
public:
    /// BERTH_RELAY_<key> = value; a key that begins with BERTH_ or LISTEN_ is taken as it is.
    using Settings = std::map<std::string, std::string>;

    /// Starts it and waits until it serves. `database` is a postgresql:// address, or `lmdb:` and a
    /// folder. `sockets` are handed to it as systemd does, LISTEN_FDS and LISTEN_PID included.
    RelayProcess(const std::string& database, Settings settings = {},
                 std::vector<int> sockets = {});
    RelayProcess(const RelayProcess&) = delete;
    RelayProcess& operator=(const RelayProcess&) = delete;
    ~RelayProcess();

    unsigned short port() const { return ports_.front(); }
    /// All ports: the plain ones, then those of TLS.
    const std::vector<unsigned short>& ports() const { return ports_; }
    const std::string& database_url() const { return settings_.at("DATABASE_URL"); }
    pid_t pid() const { return pid_; }

    /// kill -9, and waits for its end.
    void Kill();
    /// SIGTERM; returns the exit code, or 128 + signal.
    int Terminate();
    /// Waits until its log holds `text`; false after ten seconds.
    bool LogShows(const std::string& text) const;
    /// SIGUSR2; waits until a successor serves, which this object then is about, and returns how
    /// the old one ended, as Terminate does.
    int HandOver();
    /// Starts it again, with the same settings, on a port of its own.
    void Start();

private:
    /// Leaves nothing behind; why it did not start.
    std::runtime_error GiveUp();
    int End(int signal);

    std::filesystem::path folder_;
    Settings settings_;
    std::vector<int> sockets_;
    pid_t pid_ = -1;
    std::vector<unsigned short> ports_;
};

}  // namespace berth::relay::test
