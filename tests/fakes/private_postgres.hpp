#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::test {

/// A PostgreSQL server of a test's own: fresh data folder under /tmp, reached by a Unix socket
/// only, stopped and deleted with the object. Settings are PostgreSQL's defaults, so that a commit
/// is durable. As root the server runs as user `postgres`, since it refuses root. Not thread-safe.
/// Construct it on a thread that outlives it: the server goes down when that thread dies.
class PrivatePostgres {
public:
    /// Makes the data folder and starts the server with `settings` (each `name=value`) on top.
    /// Throws std::runtime_error with the server's own words if it does not come up.
    explicit PrivatePostgres(std::vector<std::string> settings = {});
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;
    ~PrivatePostgres();

    /// `postgresql://` URL of a database, as superuser `berth`. The database `postgres` is there.
    std::string Url(const std::string& database = "postgres") const;
    /// Holds its socket; open to its own user only.
    const std::filesystem::path& folder() const { return folder_; }
    /// Makes an empty database and returns its URL.
    std::string CreateDatabase(const std::string& name);

    /// Starts the server again after Stop or Kill, and waits until it takes connections.
    void Start();
    /// A fast shutdown: open connections are cut, nothing is lost.
    void Stop();
    /// kill -9 of the server and all its processes, as a crash of the machine's software would.
    void Kill();

private:
    void End(int signal);

    std::filesystem::path folder_;
    std::vector<std::string> settings_;
    pid_t server_ = -1;
};

}  // namespace berth::test
