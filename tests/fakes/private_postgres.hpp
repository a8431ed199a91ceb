#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace berth::test {

/// What a commit outlives.
enum class Durability {
    kProcess,  ///< Every kill of the server, which no test goes beyond; `fsync` is off.
    kMachine,  ///< The loss of power too: PostgreSQL's defaults, which a benchmark pays for.
};

/// A PostgreSQL server of a test's own: fresh data folder under /tmp, reached by a Unix socket
/// only, stopped and deleted with the object. As root the server runs as user `postgres`, since it
/// refuses root. Not thread-safe. Construct it on a thread that outlives it: the server goes down
/// when that thread dies.
class PrivatePostgres {
public:
    /// Makes the data folder and starts the server. Throws std::runtime_error with the server's own
    /// words if it does not come up.
    explicit PrivatePostgres(Durability durability = Durability::kProcess);
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
    const Durability durability_;
    pid_t server_ = -1;
};

}  // namespace berth::test
